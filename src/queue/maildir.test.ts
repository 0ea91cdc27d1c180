// What the Maildir hand-off does with names and trouble, on real directories: file names from hostile host names, trace fields
// from hostile addresses, nothing left behind in tmp, modes. What every queue promises is in the contract suite.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { toOctets } from '../text/index.ts';
import { maildirQueue } from './maildir.ts';
import type { Envelope, HandOff } from './queue.ts';

const ENVELOPE: Envelope = { reversePath: 'sender@example.net', recipients: ['user@example.com'] };

let directory = '';
let maildir = '';

beforeEach(() => {
  directory = scratchDirectory();
  maildir = join(directory, 'Maildir');
});
afterEach(() => removeDirectory(directory));

const namesIn = (folder: string): readonly string[] => readdirSync(join(maildir, folder));

async function begin(hostName = 'mx.example.com'): Promise<HandOff> {
  const handOff = await maildirQueue({ directory: maildir, hostName }).open();
  if (handOff === null) throw new Error('the Maildir cannot be opened');
  return handOff;
}

it.each([
  ['mx.example.com', 'mx.example.com'],
  ['../../etc/passwd', '..\\057..\\057etc\\057passwd'],
  ['a:2,S', 'a\\0722\\054S'],
  ['a b\n', 'a\\040b\\012'],
  ['\0\xff', '\\000\\377'],
])('maildir(5): the host name %j is %s in a file name', async (hostName, inName) => {
  const handOff = await begin(hostName);
  expect(await handOff.commit(ENVELOPE)).toEqual({ kind: 'queued' });
  expect(namesIn('new')).toEqual([handOff.id]);
  expect(handOff.id).toMatch(/^[0-9]+\.P[0-9]+Q[0-9]+\./);
  expect(handOff.id.split('.').slice(2).join('.')).toBe(inName);
});

it.each<[Envelope, string]>([
  [ENVELOPE, 'Return-Path: <sender@example.net>\nDelivered-To: user@example.com\n'],
  [
    { reversePath: '', recipients: ['a@b', 'c@d'] },
    'Return-Path: <>\nDelivered-To: a@b\nDelivered-To: c@d\n',
  ],
  [
    { reversePath: 'a\nb\r\0@c', recipients: ['u\nBcc: x@y\x7f'] },
    'Return-Path: <a?b??@c>\nDelivered-To: u?Bcc: x@y?\n',
  ],
])('puts the envelope on top, in one line for each address: %j', async (envelope, fields) => {
  const handOff = await begin();
  await handOff.write(toOctets('Subject: x\n\nbody\n'));
  expect(await handOff.commit(envelope)).toEqual({ kind: 'queued' });
  expect(readFileSync(join(maildir, 'new', handOff.id), 'latin1')).toBe(`${fields}Subject: x\n\nbody\n`);
});

it('leaves nothing in tmp, while a message is on its way and afterwards', async () => {
  const [given, lost] = [await begin(), await begin()];
  await given.write(toOctets('x\n'));
  await lost.write(toOctets('y\n'));
  expect([namesIn('tmp'), namesIn('new')]).toEqual([[], []]);
  lost.abort();
  await given.commit(ENVELOPE);
  expect([namesIn('tmp'), namesIn('new'), namesIn('cur')]).toEqual([[], [given.id], []]);
});

it('lets nobody else read', async () => {
  const handOff = await begin();
  await handOff.commit(ENVELOPE);
  const modes = ['tmp', 'new', 'cur', `new/${handOff.id}`].map(
    (path) => statSync(join(maildir, path)).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
});

it('says so, for a while, when new/ has gone in the meantime, and leaves nothing in tmp', async () => {
  const handOff = await begin();
  await handOff.write(toOctets('x\n'));
  rmSync(join(maildir, 'new'), { recursive: true });
  expect(await handOff.commit(ENVELOPE)).toMatchObject({ kind: 'failed', permanent: false });
  expect(namesIn('tmp')).toEqual([]);
});

it('never replaces a message', async () => {
  const handOff = await begin();
  writeFileSync(join(maildir, 'new', handOff.id), 'old\n');
  expect(await handOff.commit(ENVELOPE)).toMatchObject({ kind: 'failed', permanent: false });
  expect(readFileSync(join(maildir, 'new', handOff.id), 'latin1')).toBe('old\n');
});

it('cannot be opened where a folder is a file', async () => {
  mkdirSync(maildir);
  writeFileSync(join(maildir, 'tmp'), '');
  expect(await maildirQueue({ directory: maildir, hostName: 'mx.example.com' }).open()).toBe(null);
});
