// Where messages go by the choice that was made: to which queue program, with which environment, or into which Maildir.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import type { SpawnOptions } from '../sys/index.ts';
import { toOctets } from '../text/index.ts';
import { DEFAULT_HOME, openQuarantine, openQueue, type Where } from './queues.ts';

let scratch = '';
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => removeDirectory(scratch));

const ENVELOPE = { reversePath: 'a@a.example', recipients: ['b@b.example'] };

/** What a queue program would have been started with. */
async function started(
  where: Pick<Where, 'home' | 'env'>,
): Promise<Pick<SpawnOptions, 'file' | 'cwd' | 'env'>> {
  const wanted: SpawnOptions[] = [];
  const spawn = async (options: SpawnOptions) => {
    wanted.push(options);
    return { failure: 'not-executable', reason: 'ENOENT' } as const;
  };
  const queue = await openQueue(
    { kind: 'qmail' },
    { ...where, hostName: 'mx.example.com', spawn, seconds: null },
  );
  await queue.open();
  const [{ file, cwd, env }] = wanted as [SpawnOptions];
  return { file, cwd, env };
}

it.each<[string, Pick<Where, 'home' | 'env'>, string, string]>([
  ['the usual one', { home: '/q', env: {} }, '/q/bin/qmail-queue', '/q'],
  ['that of the usual home', { home: null, env: {} }, `${DEFAULT_HOME}/bin/qmail-queue`, DEFAULT_HOME],
  ['the one in QMAILQUEUE', { home: '/q', env: { QMAILQUEUE: '/x y' } }, '/x y', '/q'],
  ['the one in QMAILQUEUE below the home', { home: '/q', env: { QMAILQUEUE: 'bin/x' } }, '/q/bin/x', '/q'],
])('a queue program is %s, with the environment of the session', async (_, where, file, cwd) => {
  expect(await started(where)).toMatchObject({ file, cwd, env: where.env });
});

const where = (): Where & { spawn: () => never; seconds: null } => ({
  home: scratch,
  env: {},
  hostName: 'mx.example.com',
  seconds: null,
  spawn: () => {
    throw new Error('no queue program is wanted');
  },
});

async function queued(queue: Awaited<ReturnType<typeof openQueue>>): Promise<void> {
  const handOff = await queue.open();
  if (handOff === null) throw new Error('no hand-off');
  await handOff.write(toOctets('Subject: x\n\nhi\n'));
  expect(await handOff.commit(ENVELOPE)).toMatchObject({ kind: 'queued' });
}

it('a Maildir gets the message, and needs no qmail', async () => {
  const directory = join(scratch, 'mail');
  await queued(await openQueue({ kind: 'maildir', directory }, { ...where(), home: null }));
  const [name = ''] = readdirSync(join(directory, 'new'));
  expect(name).toMatch(/\.mx\.example\.com$/);
  expect(readFileSync(join(directory, 'new', name), 'latin1')).toMatch(
    /^Return-Path: <a@a\.example>\n[\s\S]*\n\nhi\n$/,
  );
});

it('what is put aside is below the home', async () => {
  await queued(await openQuarantine('bulk', where()));
  expect(readdirSync(join(scratch, 'quarantine/bulk/new'))).toHaveLength(1);
});
