// The spool gives back what it was given, in memory, in its file, and where it goes over from one to the other.

import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Spool } from '../session/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';
import { openSpool } from './spool.ts';

let spool: Spool | null = null;

afterEach(() => spool?.close());

function contentOf(given: Spool): string {
  let content = '';
  for (const chunk of given.chunks()) content += fromOctets(chunk);
  return content;
}

/** Descriptors of this process that are files without a name. */
function nameless(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.endsWith(' (deleted)') ? [target] : [];
    } catch {
      return []; // the descriptor that readdir itself had
    }
  });
}

describe('a spool with ten octets of memory', () => {
  it.each([
    ['nothing', []],
    ['less than that', ['one', 'two']],
    ['exactly that', ['12345', '67890']],
    ['one octet more', ['12345', '678901']],
    ['more at once', ['12345678901234567890']],
    ['much more, piece by piece', Array.from({ length: 3000 }, (_, n) => `piece ${n}\n`)],
    ['every octet', [Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('')]],
  ])('keeps %s', (_, pieces) => {
    spool = openSpool(10);
    for (const piece of pieces) spool.write(toOctets(piece));
    expect(contentOf(spool)).toBe(pieces.join(''));
    expect(contentOf(spool)).toBe(pieces.join(''));
  });

  it('takes a copy, because its user writes over the octets', () => {
    spool = openSpool(10);
    const octets = toOctets('abc');
    spool.write(octets);
    octets.fill(0);
    expect(contentOf(spool)).toBe('abc');
  });

  it('has a file only when it needs one, and leaves nothing behind', () => {
    const before = nameless().length;
    spool = openSpool(10);
    spool.write(toOctets('1234567890'));
    expect(nameless().length).toBe(before);
    spool.write(toOctets('1'));
    expect(nameless().length).toBe(before + 1);
    spool.close();
    expect(nameless().length).toBe(before);
    expect(contentOf(spool)).toBe('');
  });
});
