// Our constant databases and those of the program cdb (Debian's tinycdb): each side reads what the
// other has written, repeated and empty keys and odd octets included. Skipped by name where the program
// is missing.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openCdb, walkCdb, writeCdb } from '../../src/control/index.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { needs } from '../support/needs.ts';

const ENTRIES = [
  ['example.com', ''],
  ['.wild.example', 'value'],
  ['', 'of the empty key'],
  ['octets \x00\n\r\xff', '\x00\n->+\xfe'],
  ['k'.repeat(3000), 'v'.repeat(10_000)],
  ['twice', 'first'],
  ['twice', 'second'],
  ...Array.from({ length: 2000 }, (_, n) => [`host${n}.example`, `${n}`] as const),
] as const;

/** The text format of `cdb -c` and `cdb -d`. */
const DUMP = `${ENTRIES.map(([key, value]) => `+${key.length},${value.length}:${key}->${value}\n`).join('')}\n`;

const FIRST = new Map([...ENTRIES].reverse());

needs('cdb').describe('with the program cdb', () => {
  let scratch: string;
  let ours: string;
  let theirs: string;

  beforeAll(() => {
    scratch = scratchDirectory();
    ours = join(scratch, 'ours.cdb');
    theirs = join(scratch, 'theirs.cdb');
    writeCdb(ours, ENTRIES);
    execFileSync('cdb', ['-c', theirs], { input: Buffer.from(DUMP, 'latin1') });
  });
  afterAll(() => removeDirectory(scratch));

  it('it dumps ours as it was put in', () => {
    expect(execFileSync('cdb', ['-d', ours]).toString('latin1')).toBe(DUMP);
  });

  // The command line is UTF-8, so only ASCII keys can be asked for this way.
  it.each(['example.com', '.wild.example', '', 'twice', 'host0.example', 'host1999.example'])(
    'it finds %j in ours',
    (key) => {
      expect(execFileSync('cdb', ['-q', '-n', '1', ours, key]).toString('latin1')).toBe(FIRST.get(key));
    },
  );

  it('it does not find in ours what is not there', () => {
    const { status, stdout } = spawnSync('cdb', ['-q', ours, 'host2000.example']);
    expect([status, stdout.length]).toEqual([100, 0]);
  });

  it('it finds the statistics of ours in order', () => {
    const statistics = execFileSync('cdb', ['-s', ours], { encoding: 'utf8' });
    expect(statistics).toContain(`number of records: ${ENTRIES.length}\n`);
  });

  it('we find in theirs what was put in, and nothing else', () => {
    const reader = openCdb(theirs);
    for (const [key, value] of FIRST) expect(reader.find(key)).toEqual({ kind: 'found', value });
    for (const key of ['host2000.example', 'Example.com', 'k'.repeat(2999)]) {
      expect(reader.find(key)).toEqual({ kind: 'absent' });
    }
    reader.close();
  });

  it('we walk through theirs in order', () => {
    const keys: string[] = [];
    expect(walkCdb(theirs, (key) => keys.push(key))).toEqual({ kind: 'sound', records: ENTRIES.length });
    expect(keys).toEqual(ENTRIES.map(([key]) => key));
  });

  it('we read an empty one of theirs', () => {
    const empty = join(scratch, 'empty.cdb');
    execFileSync('cdb', ['-c', empty], { input: '\n' });
    const reader = openCdb(empty);
    expect(reader.find('a')).toEqual({ kind: 'absent' });
    reader.close();
    expect(walkCdb(empty, () => {})).toEqual({ kind: 'sound', records: 0 });
  });
});
