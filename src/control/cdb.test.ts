// The cdb reader and writer against each other: round trips of any octets, chains of slots, long and many
// records, replacement under a reader's eyes. Then what must be found out: files cut at every length,
// pointers and lengths that lead nowhere. Files live in a scratch directory that is removed.

import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { type CdbLookup, cdbHash, openCdb } from './cdb.ts';
import { walkCdb } from './cdb-walk.ts';
import { advance, type CdbEntry, writeCdb } from './cdb-write.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const found = (value: string): CdbLookup => ({ kind: 'found', value });
const absent: CdbLookup = { kind: 'absent' };

function lookUp(path: string, keys: readonly string[]): readonly CdbLookup[] {
  const reader = openCdb(path);
  try {
    return keys.map(reader.find);
  } finally {
    reader.close();
  }
}

function keysOf(path: string): readonly string[] {
  const keys: string[] = [];
  expect(walkCdb(path, (key) => keys.push(key)).kind).toBe('sound');
  return keys;
}

/** A copy of the file that ends after `octets`. */
function cutAt(path: string, octets: number): string {
  const cut = join(scratch, 'cut.cdb');
  writeFileSync(cut, readFileSync(path));
  truncateSync(cut, octets);
  return cut;
}

describe('cdbHash', () => {
  it.each([
    ['', 5381],
    ['a', 177604],
    ['\xff', 177498],
    ['example.com', 3904343938],
  ])('of %j', (key, hash) => expect(cdbHash(key)).toBe(hash));
});

describe('a database', () => {
  it('gives back what was put in, and nothing else', () => {
    const octets = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
      maxLength: 40,
    });
    const path = join(scratch, 'any.cdb');
    fc.assert(
      fc.property(fc.dictionary(octets, octets, { maxKeys: 40 }), fc.array(octets), (entries, others) => {
        const map = new Map(Object.entries(entries));
        writeCdb(path, map);
        const keys = [...map.keys(), ...others];
        const expected = keys.map((key) => (map.has(key) ? found(map.get(key) as string) : absent));
        expect(lookUp(path, keys)).toEqual(expected);
        expect(keysOf(path)).toEqual([...map.keys()]);
      }),
      { numRuns: 60 },
    );
  });

  it('may be empty', () => {
    const path = join(scratch, 'empty.cdb');
    writeCdb(path, []);
    expect(readFileSync(path).length).toBe(2048);
    expect(lookUp(path, ['', 'a'])).toEqual([absent, absent]);
    expect(keysOf(path)).toEqual([]);
  });

  it('tells keys with the same hash apart', () => {
    const path = join(scratch, 'same-hash.cdb');
    expect(cdbHash('!B')).toBe(cdbHash('"!'));
    writeCdb(path, [['!B', 'one']]);
    expect(lookUp(path, ['!B', '"!'])).toEqual([found('one'), absent]);
    writeCdb(path, [
      ['!B', 'one'],
      ['"!', 'two'],
    ]);
    expect(lookUp(path, ['!B', '"!'])).toEqual([found('one'), found('two')]);
  });

  it('finds the first of several records with one key', () => {
    const path = join(scratch, 'repeated.cdb');
    writeCdb(path, [
      ['a', '1'],
      ['a', '2'],
    ]);
    expect(lookUp(path, ['a'])).toEqual([found('1')]);
  });

  it('follows chains around the end of a table, however long', () => {
    const path = join(scratch, 'chain.cdb');
    const repeated = Array.from({ length: 100 }, (_, n): CdbEntry => ['!B', `${n}`]);
    writeCdb(path, [...repeated, ['"!', 'last']]);
    expect(lookUp(path, ['"!', '!B', '"! '])).toEqual([found('last'), found('0'), absent]);
  });

  it('has long keys and values', () => {
    const path = join(scratch, 'long.cdb');
    const key = 'k'.repeat(5000);
    const value = 'v\0\xff'.repeat(50_000);
    writeCdb(path, [
      [key, value],
      [`${key}.`, ''],
    ]);
    expect(lookUp(path, [key, `${key}.`, `${key}k`])).toEqual([found(value), found(''), absent]);
  });

  it('holds many records', () => {
    const path = join(scratch, 'many.cdb');
    const entries = Array.from({ length: 20_000 }, (_, n): CdbEntry => [`host${n}.example`, '']);
    writeCdb(path, entries);
    expect(lookUp(path, ['host0.example', 'host19999.example', 'host20000.example'])).toEqual([
      found(''),
      found(''),
      absent,
    ]);
    expect(keysOf(path)).toEqual(entries.map(([key]) => key));
  });
});

describe('a broken database', () => {
  const whole = [found('value'), absent];

  it('is found out wherever it was cut, as far as a look-up needs what is missing', () => {
    const path = join(scratch, 'small.cdb');
    const keys = ['a.example', 'b.example'];
    writeCdb(path, [['a.example', 'value']]);
    expect(lookUp(path, keys)).toEqual(whole);
    // The last octet each look-up needs: of the slot the key is in, and of the pointer to a table that has none.
    const table = 2048 + 8 + 'a.example'.length + 'value'.length;
    const forHit = table + 8 * (((cdbHash('a.example') >>> 8) % 2) + 1);
    const forMiss = 8 * ((cdbHash('b.example') & 255) + 1);
    const { length } = readFileSync(path);
    for (let octets = 0; octets < length; octets += 1) {
      const cut = cutAt(path, octets);
      const kinds = lookUp(cut, keys).map((lookup) => lookup.kind);
      const expected = [octets < forHit ? 'broken' : 'found', octets < forMiss ? 'broken' : 'absent'];
      expect(kinds, `${octets} octets`).toEqual(expected);
      expect(walkCdb(cut, () => {}).kind, `${octets} octets`).toBe('broken');
    }
  });

  it.each([
    ['a pointer past the end', 0, 0x10000],
    ['as many slots as can be', 4, 0xffffffff],
  ])('%s', (_, at, number) => {
    const path = join(scratch, 'pointer.cdb');
    writeCdb(path, [['a', 'b']]);
    const octets = readFileSync(path);
    octets.writeUInt32LE(number, (cdbHash('a') & 255) * 8 + at);
    writeFileSync(path, octets);
    expect(lookUp(path, ['a'])[0]).toMatchObject({ kind: 'broken' });
    expect(walkCdb(path, () => {})).toMatchObject({ kind: 'broken' });
  });

  it.each([
    ['a record past the end', 4, 0x10000],
    ['a record inside the pointers', 4, 8],
  ])('%s', (_, at, number) => {
    const path = join(scratch, 'slot.cdb');
    writeCdb(path, [['a', 'b']]);
    const octets = readFileSync(path);
    const table = octets.readUInt32LE((cdbHash('a') & 255) * 8);
    for (const slot of [table, table + 8]) octets.writeUInt32LE(number, slot + at);
    writeFileSync(path, octets);
    expect(lookUp(path, ['a'])[0]?.kind).not.toBe('found');
    expect(walkCdb(path, () => {})).toMatchObject({ kind: 'broken' });
  });

  it('claims a value it has no room for, and no memory is taken for it', () => {
    const path = join(scratch, 'value.cdb');
    writeCdb(path, [['a', 'b']]);
    const octets = readFileSync(path);
    octets.writeUInt32LE(0xfffffff0, 2048 + 4);
    writeFileSync(path, octets);
    expect(lookUp(path, ['a'])).toEqual([{ kind: 'broken', reason: 'it ends in the middle' }]);
    expect(walkCdb(path, () => {})).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining('octet 2048'),
    });
  });

  it('is a directory: it opens, and every look-up fails', () => {
    const path = join(scratch, 'directory.cdb');
    mkdirSync(path);
    expect(lookUp(path, ['a'])).toEqual([{ kind: 'broken', reason: 'EISDIR' }]);
    expect(walkCdb(path, () => {})).toEqual({ kind: 'broken', reason: 'EISDIR' });
  });

  it('does not exist', () => {
    const path = join(scratch, 'missing.cdb');
    expect(() => openCdb(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(walkCdb(path, () => {})).toEqual({ kind: 'broken', reason: 'ENOENT' });
  });
});

describe('writing', () => {
  it('replaces a database at once: who has the old one open keeps it', () => {
    const path = join(scratch, 'replaced.cdb');
    writeCdb(path, [['old', '1']]);
    const reader = openCdb(path);
    writeCdb(path, [['new', '2']]);
    expect([reader.find('old'), reader.find('new')]).toEqual([found('1'), absent]);
    reader.close();
    expect(lookUp(path, ['old', 'new'])).toEqual([absent, found('2')]);
  });

  it('leaves the old database and nothing else when it fails', () => {
    const directory = join(scratch, 'failing');
    mkdirSync(directory);
    const path = join(directory, 'x.cdb');
    writeCdb(path, [['old', '1']]);
    const entries = function* (): Generator<CdbEntry> {
      yield ['new', '2'];
      throw new Error('no more');
    };
    expect(() => writeCdb(path, entries())).toThrow('no more');
    expect(readdirSync(directory)).toEqual(['x.cdb']);
    expect(lookUp(path, ['old'])).toEqual([found('1')]);
  });

  it('fails where there is no directory', () => {
    const path = join(scratch, 'nowhere', 'x.cdb');
    expect(() => writeCdb(path, [])).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(existsSync(join(scratch, 'nowhere'))).toBe(false);
  });

  it('knows how far 32 bits reach', () => {
    expect(advance(2 ** 32 - 11, 10)).toBe(2 ** 32 - 1);
    expect(() => advance(2 ** 32 - 10, 10)).toThrow('4 GiB');
  });
});
