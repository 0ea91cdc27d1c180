// Session ticket keys on disk: made, shared, replaced when they are old, and not used when somebody else could know
// them.

import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asNobody } from '../../test/support/as-nobody.ts';
import { LIFETIME_SECONDS, ROTATE_SECONDS, TICKET_KEY_OCTETS, ticketKeysAt } from './tickets.ts';

const NOW = Date.UTC(2026, 0, 1);
const asRoot = process.geteuid?.() === 0 ? it : it.skip;

let home: string;
let state: string;
let path: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  chmodSync(home, 0o755);
  state = join(home, 'state');
  mkdirSync(state, { mode: 0o700 });
  path = join(state, 'ticketkeys');
});

afterEach(() => {
  chmodSync(state, 0o700);
  rmSync(home, { recursive: true });
});

function keys(now = NOW): string | null {
  const found = ticketKeysAt(path, now);
  if ('problem' in found) throw new Error(found.problem);
  return found.octets && Buffer.from(found.octets).toString('hex');
}

function problem(now = NOW): string {
  const found = ticketKeysAt(path, now);
  return 'problem' in found ? found.problem.replaceAll(`${home}/`, '') : 'none';
}

/** Runs `work` where nothing can be written to the directory. */
function readOnly<T>(work: () => T): T {
  chmodSync(state, 0o755);
  if (process.geteuid?.() !== 0) chmodSync(state, 0o555);
  return asNobody(work);
}

/** A file of keys that whoever asNobody() is can read. */
function give(file: string): void {
  if (process.geteuid?.() === 0) chownSync(file, 65534, 65534);
}

describe('keys', () => {
  it('are made where there are none, for their owner alone', () => {
    const made = keys();
    expect(made).toMatch(/^[0-9a-f]{96}$/);
    expect(statSync(path).mode & 0o7777).toBe(0o600);
    expect(readFileSync(path, 'latin1')).toBe(
      `# Session ticket keys of mvmtr: a secret. When they were made, in ms, and the keys.\n${NOW} ${made}\n`,
    );
    expect(readdirSync(state)).toEqual(['ticketkeys']);
    expect(ticketKeysAt(path, NOW)).toEqual({ octets: Buffer.from(made ?? '', 'hex') });
    expect(made).toHaveLength(2 * TICKET_KEY_OCTETS);
  });

  it('are the same for all, until they are old', () => {
    const made = keys();
    expect(keys()).toBe(made);
    expect(keys(NOW + ROTATE_SECONDS * 1000 - 1)).toBe(made);
    const next = keys(NOW + ROTATE_SECONDS * 1000);
    expect(next).not.toBe(made);
    expect(keys(NOW + ROTATE_SECONDS * 1000 + 1)).toBe(next);
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  it('of a time to come are not used', () => {
    const made = keys(NOW + ROTATE_SECONDS * 1000);
    expect(keys(NOW)).not.toBe(made);
  });

  it('that are old and cannot be replaced are used for some time', () => {
    const made = keys();
    give(path);
    readOnly(() => {
      expect(keys(NOW + ROTATE_SECONDS * 1000)).toBe(made);
      expect(keys(NOW + LIFETIME_SECONDS * 1000 - 1)).toBe(made);
      expect(problem(NOW + LIFETIME_SECONDS * 1000)).toBe(
        'state/ticketkeys has no keys of use, and cannot be replaced: EACCES',
      );
    });
  });

  it('that can be neither read nor made are none, and nothing is wrong', () => {
    expect(readOnly(() => keys())).toBeNull();
    rmSync(state, { recursive: true });
    expect(keys()).toBeNull();
    writeFileSync(state, '');
    chmodSync(state, 0o600);
    expect(problem()).toBe('state/ticketkeys cannot be used for ticket keys: ENOTDIR');
  });

  asRoot('in a directory that is closed to us are none', () => {
    keys();
    chmodSync(state, 0o700);
    expect(asNobody(() => keys())).toBeNull();
  });

  asRoot('of somebody else, in a directory of ours, are replaced', () => {
    const made = keys();
    chownSync(state, 65534, 65534);
    const next = asNobody(() => keys());
    expect(next).not.toBe(made);
    expect(statSync(path).uid).toBe(65534);
  });

  asRoot('of somebody else, in a directory that is not ours, are told', () => {
    keys();
    expect(readOnly(() => problem())).toBe(
      'state/ticketkeys has no keys of use, and cannot be replaced: EACCES',
    );
  });
});

describe('what is in the file', () => {
  it.each([
    ['nothing', () => ''],
    ['something else', () => 'secret\n'],
    ['keys that are too short', (text: string) => text.replace(/[0-9a-f]{2}\n$/, '\n')],
    ['no last line end', (text: string) => text.trimEnd()],
    ['more than there is in one of ours', (text: string) => `${text}\n`],
    ['no time', (text: string) => text.replace(/\n[0-9]+ /, '\n ')],
  ])('%s: it is replaced', (_, change) => {
    keys();
    writeFileSync(path, change(readFileSync(path, 'latin1')));
    const next = keys();
    expect(next).toMatch(/^[0-9a-f]{96}$/);
    expect(keys()).toBe(next);
  });

  it('far too much: it is told', () => {
    keys();
    truncateSync(path, 4096);
    expect(problem()).toBe('state/ticketkeys is no file of ticket keys: remove it');
  });

  it.each([0o640, 0o604, 0o620, 0o666, 0o601])('is not for others to read or write: %o', (mode) => {
    keys();
    chmodSync(path, mode);
    expect(problem()).toBe('state/ticketkeys is not for its owner alone: remove it');
    expect(statSync(path).mode & 0o777).toBe(mode);
  });

  asRoot('is not of somebody else', () => {
    keys();
    chownSync(path, 65534, 65534);
    expect(problem()).toBe('state/ticketkeys belongs to user 65534: remove it');
  });
});

it.each([0o770, 0o707, 0o1777])('a directory that others can write to is not used: %o', (mode) => {
  chmodSync(state, mode);
  expect(problem()).toBe('state can be written to by others');
  expect(readdirSync(state)).toEqual([]);
});

it('links are not followed', () => {
  const elsewhere = join(home, 'elsewhere');
  symlinkSync(elsewhere, path);
  expect(problem()).toBe('state/ticketkeys is a symbolic link: remove it');
  expect(readdirSync(home)).toEqual(['state']);
  writeFileSync(elsewhere, 'mine', { mode: 0o600 });
  expect(problem()).toBe('state/ticketkeys is a symbolic link: remove it');
  expect(readFileSync(elsewhere, 'latin1')).toBe('mine');
});

it('a directory in their place is told', () => {
  mkdirSync(path, { mode: 0o700 });
  expect(problem()).toBe('state/ticketkeys is no file of ticket keys: remove it');
});
