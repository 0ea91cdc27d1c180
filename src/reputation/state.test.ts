// The store on disk: what is made, what is written and what is not, how it stands what others have done to its files, and how it
// gets rid of what is over. Failures are made with files in the way, which stop root as well.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asNobody } from '../../test/support/as-nobody.ts';
import type { Answer, Value } from '../rules/runtime.ts';
import { type Decider, FILE_OCTETS, NAME_OCTETS, parseCell, printCell } from './cell.ts';
import { addToCounter, counter, putValue, seen, value } from './notes.ts';
import { openState, type State } from './state.ts';
import { MOST_KEYS, sweep } from './sweep.ts';

let scratch = '';
let directory = '';
let time = 0;
let state: State;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  directory = join(scratch, 'state');
  time = Date.now();
  state = openState({ directory, now: () => time, chance: () => 0.99 });
});

afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const ask = (key: string, decide: Decider<Value>): Value | Answer => {
  const answer = state.ask('topic', key, decide);
  return answer.ok ? answer.value : answer;
};

const shards = (): readonly string[] => readdirSync(directory).map((name) => join(directory, name));
const files = (): readonly string[] =>
  shards().flatMap((shard) => readdirSync(shard).map((name) => join(shard, name)));
const onlyFile = (): string => {
  const [file, ...more] = files();
  if (file === undefined || more.length > 0) throw new Error('there is not exactly one file');
  return file;
};

describe('files', () => {
  it('are made by the first write, for us alone', () => {
    expect(ask('k', counter)).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
    expect(ask('k', addToCounter(2, 60))).toBe(2);
    const file = onlyFile();
    expect(file.slice(directory.length)).toMatch(/^\/[0-9a-f]{2}\/[0-9a-f]{62}$/);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect([directory, join(file, '..'), file].map(mode)).toEqual([0o700, 0o700, 0o600]);
  });

  it('hold the key, its end and octets as they are', () => {
    const octets = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('');
    ask(octets, putValue(octets, 60));
    expect(parseCell(readFileSync(onlyFile(), 'latin1'))).toEqual({
      name: `topic ${octets}`,
      cell: { until: time + 60_000, numbers: [], text: octets },
    });
    expect(ask(octets, value)).toBe(octets);
  });

  it('are one for each topic and key', () => {
    expect(state.ask('a', 'b c', seen(60))).toEqual({ ok: true, value: false });
    expect(state.ask('a', 'b', seen(60))).toEqual({ ok: true, value: false });
    expect(state.ask('b', 'b', seen(60))).toEqual({ ok: true, value: false });
    expect(files()).toHaveLength(3);
  });

  it('are replaced by a write, and not touched by a decision that keeps things', () => {
    ask('k', seen(60));
    const written = () => {
      const { ino, mtimeMs, ctimeMs } = statSync(onlyFile());
      return { ino, mtimeMs, ctimeMs };
    };
    const before = written();
    expect([ask('k', seen(60)), ask('k', addToCounter(0, 60))]).toEqual([true, 0]);
    expect(written()).toEqual(before);
    ask('k', addToCounter(1, 60));
    expect(written().ino).not.toBe(before.ino);
  });

  it('go when the key has nothing any more', () => {
    ask('k', putValue('v', 60));
    expect(ask('k', putValue('', 60))).toBe(true);
    expect(ask('k', putValue('', 60))).toBe(true);
    ask('k', putValue('v', 0));
    expect(files()).toEqual([]);
  });

  it('are those of another store when its directory is', () => {
    ask('k', seen(60));
    const other = openState({ directory: join(scratch, 'other'), now: () => time });
    expect(other.ask('topic', 'k', seen(60))).toEqual({ ok: true, value: false });
  });

  it('have room for the longest name and value', () => {
    const line = printCell({
      name: '\0'.repeat(NAME_OCTETS),
      cell: { until: -Number.MAX_VALUE, numbers: [-1 / 3, -1 / 3, -1 / 3], text: '\0'.repeat(4096) },
    });
    expect(line.length).toBeLessThan(FILE_OCTETS);
  });

  it('tell long keys apart that begin alike', () => {
    const long = 'x'.repeat(2 * NAME_OCTETS);
    expect([`${long}a`, `${long}b`, `${long}a`].map((key) => ask(key, seen(60)))).toEqual([
      false,
      false,
      true,
    ]);
    expect(files().every((file) => statSync(file).size < NAME_OCTETS + 200)).toBe(true);
  });
});

describe('what is found in a file', () => {
  it('counts until its end', () => {
    ask('k', seen(60));
    time += 59_999;
    expect(ask('k', seen(60))).toBe(true);
    time += 1;
    expect(ask('k', seen(60))).toBe(false);
    expect(files()).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['half a line', '{"name":"topic k","un'],
    ['no object', '[]\n'],
    ['null', 'null\n'],
    ['another name', printCell({ name: 'topic K', cell: { until: 1e15, numbers: [5], text: 'v' } })],
    ['no end', '{"name":"topic k","numbers":[5],"text":"v"}\n'],
    ['no numbers', '{"name":"topic k","until":1e15,"numbers":["5"],"text":"v"}\n'],
    ['no text', '{"name":"topic k","until":1e15,"numbers":[5]}\n'],
    [
      'too much',
      printCell({ name: 'topic k', cell: { until: 1e15, numbers: [5], text: 'v'.repeat(FILE_OCTETS) } }),
    ],
  ])('is no state when it is %s, and is written over', (_, octets) => {
    ask('k', addToCounter(1, 60));
    writeFileSync(onlyFile(), octets);
    expect(ask('k', counter)).toBe(0);
    expect(ask('k', addToCounter(3, 60))).toBe(3);
    expect(ask('k', counter)).toBe(3);
    expect(files()).toHaveLength(1);
  });
});

describe('somebody else who is faster', () => {
  const faster = (times: number): Decider<number> => {
    let left = times;
    return (held, now) => {
      if (left > 0) {
        left -= 1;
        openState({ directory, now: () => time, chance: () => 0.99 }).ask('topic', 'k', addToCounter(1, 60));
      }
      return addToCounter(100, 60)(held, now);
    };
  };

  it.each([
    ['making the key', 1, 101],
    ['changing it', 2, 102],
    ['changing it again and again', 19, 119],
  ])('%s is not written over', (_, times, expected) => {
    expect(ask('k', faster(times))).toBe(expected);
    expect(ask('k', counter)).toBe(expected);
  });

  it('for ever is written over in the end', () => {
    expect(ask('k', faster(1000))).toBe(119);
    expect(ask('k', counter)).toBe(119);
    expect(files()).toHaveLength(1);
  });

  it('for the same version, and then dies, is written over and swept', () => {
    ask('k', addToCounter(1, 60));
    const file = onlyFile();
    const { ino, mtimeMs } = statSync(file);
    const claim = `${file}-${ino}.${mtimeMs}.tmp`;
    writeFileSync(claim, 'half a li');
    expect(ask('k', addToCounter(1, 60))).toBe(2);
    expect(ask('k', counter)).toBe(2);
    expect(files()).toContain(claim);
    time += 3_700_000;
    sweep({ path: join(file, '..'), now: time, chance: () => 0 });
    expect(files()).toEqual([]);
  });

  it('removing the key is not written over', () => {
    ask('k', addToCounter(5, 60));
    let left = 1;
    const answer = ask('k', (held, now) => {
      if (left-- > 0) rmSync(onlyFile());
      return addToCounter(1, 60)(held, now);
    });
    expect(answer).toBe(1);
  });
});

describe('a store that cannot be used', () => {
  const failed = (code: string) => ({ ok: false, reason: `store of states: ${code}` });

  it('is a failed answer where a file is in the way of the directory', () => {
    writeFileSync(directory, '');
    expect([ask('k', counter), ask('k', seen(60))]).toEqual([failed('ENOTDIR'), failed('ENOTDIR')]);
  });

  it('is a failed answer where a directory is in the way of a file', () => {
    ask('k', seen(60));
    const file = onlyFile();
    rmSync(file);
    mkdirSync(file);
    expect(ask('k', seen(60))).toEqual(failed('EISDIR'));
    expect(files()).toEqual([file]);
  });

  it('says what a decider or the clock has thrown', () => {
    const broken = openState({
      directory,
      now: () => {
        throw new Error('no time');
      },
    });
    expect(broken.ask('topic', 'k', counter)).toEqual(failed('Error: no time'));
  });

  it('is a failed answer where nothing may be written', () => {
    mkdirSync(directory);
    chmodSync(directory, 0o500);
    expect(asNobody(() => ask('k', seen(60)))).toEqual(failed('EACCES'));
  });
});

describe('sweeping', () => {
  /** Keys that share a sub-directory with the first of them. */
  function fill(count: number, seconds: (index: number) => number): string {
    ask('first', putValue('v', 3600));
    const [pattern = ''] = files();
    const shard = join(pattern, '..');
    const [octets, name] = [readFileSync(pattern, 'latin1'), pattern.slice(shard.length + 1)];
    for (let index = 1; index < count; index += 1) {
      const until = time + seconds(index) * 1000;
      const line = octets.replace(/"until":[0-9]+/, `"until":${until}`);
      writeFileSync(join(shard, `${index}-${name}`), line);
    }
    return shard;
  }
  const sweepAll = (path: string, times = 1): void => {
    let turn = 0;
    const chance = (): number => {
      turn = (turn * 7919 + 1) % 10_007;
      return turn / 10_007;
    };
    for (let count = 0; count < times; count += 1) sweep({ path, now: time, chance });
  };

  it('removes what is over and what is not ours, and leaves the rest', () => {
    const shard = fill(10, (index) => (index % 2 ? 0 : 1));
    writeFileSync(join(shard, 'stray'), 'x');
    mkdirSync(join(shard, 'directory'));
    sweepAll(shard);
    expect(readdirSync(shard)).toHaveLength(6);
    expect(ask('first', value)).toBe('v');
  });

  it('removes what a killed process has left, an hour later', () => {
    const shard = fill(1, () => 0);
    const [old, fresh] = [join(shard, '1.a.tmp'), join(shard, '1.b.tmp')];
    for (const path of [old, fresh]) writeFileSync(path, '');
    utimesSync(old, time / 1000 - 3601, time / 1000 - 3601);
    utimesSync(fresh, time / 1000 - 3599, time / 1000 - 3599);
    sweepAll(shard);
    expect(files()).not.toContain(old);
    expect(files()).toContain(fresh);
  });

  it('finds everything in the end, also among many', () => {
    const shard = fill(600, () => 0);
    sweepAll(shard, 60);
    expect(readdirSync(shard)).toHaveLength(1);
  });

  it('removes what would be over first when there are too many', () => {
    const shard = fill(MOST_KEYS + 1, (index) => (index % 8 === 0 ? 1000 : 10));
    sweepAll(shard);
    const left = readdirSync(shard);
    expect(left).toHaveLength(MOST_KEYS + 1 - 64);
    expect(left.filter((name) => Number.parseInt(name, 10) % 8 === 0)).toHaveLength(MOST_KEYS / 8);
    sweepAll(shard);
    expect(readdirSync(shard)).toHaveLength(left.length);
  });

  it('is done after some writes, somewhere', () => {
    const shard = fill(5, () => 0);
    const number = Number.parseInt(shard.slice(-2), 16);
    // Asked whether, then where.
    const chances = [1 / 32, 0, (number + 0.5) / 256, 0, 0.999];
    const swept = openState({ directory, now: () => time, chance: () => chances.shift() ?? 1 });
    swept.ask('topic', 'first', addToCounter(1, 60));
    expect(readdirSync(shard)).toHaveLength(5);
    swept.ask('topic', 'first', addToCounter(1, 60));
    expect(readdirSync(shard)).toHaveLength(1);
    expect(swept.ask('topic', 'first', addToCounter(1, 60))).toMatchObject({ ok: true });
    swept.ask('topic', 'first', counter);
    expect(chances).toEqual([]);
  });
});
