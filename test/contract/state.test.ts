// One store of states and several processes at once, of each runtime and of both together. What has one truth (who was first, what
// nobody else writes) must come out exactly; counts that all of them write may lose some, but every answer is there and every
// file can be read. A process that is killed in the middle is no trouble to the others.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBun } from '../../src/build/bun.mjs';
import { openState, stateAnswers } from '../../src/reputation/index.ts';
import type { Answer, Value } from '../../src/rules/runtime.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { present } from '../support/needs.ts';
import type { Seen, Task } from './state-process.ts';

const COUNTS = { keys: 60, ownWrites: 40, sharedWrites: 100 };

const bun = findBun();

let scratch = '';
let directory = '';
let script = '';
const children: ChildProcess[] = [];

beforeAll(() => {
  scratch = scratchDirectory();
  script = join(scratch, 'state-process.mjs');
  const source = fileURLToPath(new URL('state-process.ts', import.meta.url));
  const esbuild = fileURLToPath(new URL('../../node_modules/.bin/esbuild', import.meta.url));
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', `--outfile=${script}`];
  execFileSync(esbuild, [source, ...options]);
});

beforeEach(() => {
  directory = join(scratchDirectory(), 'state');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  removeDirectory(join(directory, '..'));
});

afterAll(() => removeDirectory(scratch));

interface Started {
  readonly child: ChildProcess;
  /** The next line it says; null when it will say no more. */
  line(): Promise<string | null>;
  go(): void;
}

function start(program: string, task: Partial<Task>): Started {
  const whole: Task = { directory, name: 'a', endless: false, ...COUNTS, ...task };
  const child = spawn(program, [script, JSON.stringify(whole)], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    line: async () => {
      const { value, done } = await lines.next();
      return done ? null : value;
    },
    go: () => child.stdin.end(),
  };
}

/** Starts them all, lets them go at once and waits for what each of them has seen. */
async function together(programs: readonly string[]): Promise<readonly Seen[]> {
  const started = programs.map((program, index) => start(program, { name: 'abcdef'.charAt(index) }));
  for (const { line } of started) expect(await line()).toBe('ready');
  for (const { go } of started) go();
  return Promise.all(started.map(async ({ line }) => JSON.parse((await line()) ?? 'null') as Seen));
}

async function ask(name: string, ...values: readonly Value[]): Promise<Value | Answer> {
  const question = { kind: 'function', name, arguments: values } as const;
  const state = openState({ directory, now: Date.now });
  const answer = (await stateAnswers(state)({ key: name, group: 'reputation', question })) as Answer;
  return answer.ok ? answer.value : answer;
}

const fileNames = (): readonly string[] =>
  readdirSync(directory).flatMap((shard) => readdirSync(join(directory, shard)));

const numbersTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const CASES: readonly (readonly [string, readonly (string | null)[]])[] = [
  ['four of Node', [process.execPath, process.execPath, process.execPath, process.execPath]],
  ['four of Bun', [bun, bun, bun, bun]],
  ['two of each', [process.execPath, bun, process.execPath, bun]],
];

for (const [title, programs] of CASES) {
  const found = programs.filter((program) => program !== null);
  present(found.length === programs.length ? [] : ['bun']).describe(`processes: ${title}`, () => {
    it('agree on who was first, lose nothing of their own, and corrupt nothing', async () => {
      const seen = await together(found);
      expect(seen.flatMap(({ failures }) => failures)).toEqual([]);
      const firsts = seen.flatMap((each) => each.firsts).sort((a, b) => a - b);
      expect(firsts).toEqual(numbersTo(COUNTS.keys));
      expect(seen.map(({ waiting }) => waiting)).toEqual(found.map(() => COUNTS.keys));
      expect(seen.map(({ ownCount }) => ownCount)).toEqual(found.map(() => COUNTS.ownWrites));
      const whole = found.map((_, index) => 'abcdef'.charAt(index).repeat(1000));
      expect(whole).toEqual(expect.arrayContaining(seen.flatMap(({ values }) => values)));

      const most = found.length * COUNTS.sharedWrites;
      for (const count of [
        await ask('counter', 'shared'),
        await ask('rate', 'shared', 86_400),
        -Number(await ask('reputation', 'shared')),
      ]) {
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(most);
      }
      // Two for each of the shared keys, one for each process, and the four that all of them write.
      expect(fileNames()).toHaveLength(2 * COUNTS.keys + found.length + 4);
    });
  });
}

describe('a process that is killed', () => {
  it('leaves whole states, which others go on with', async () => {
    const victim = start(process.execPath, { endless: true });
    expect(await victim.line()).toBe('ready');
    victim.go();
    expect(await victim.line()).toBe('round');
    victim.child.kill('SIGKILL');
    await once(victim.child, 'exit');
    expect(victim.child.signalCode).toBe('SIGKILL');
    for (const key of numbersTo(COUNTS.keys)) {
      const count = await ask('counter', `${key}`);
      expect(count).toBeGreaterThan(0);
      expect(await ask('counter_add', `${key}`, 1, 3600)).toBe(Number(count) + 1);
    }
    // At most the one file it was about to put in place.
    expect(fileNames().filter((name) => name.endsWith('.tmp')).length).toBeLessThanOrEqual(1);
  });
});
