// Becoming somebody else for good, in a program of its own on each runtime, since tests stay who they are. What the kernel says of
// every thread counts. Needs root, who runs the full check.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Drop, Dropped } from '../../../test/support/drop-privileges.ts';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import { needs, present } from '../../../test/support/needs.ts';
import { findBun } from '../../build/bun.mjs';
import { privilegesOfEnvironment, type WantedPrivileges } from './privileges.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const bun = findBun();
const root = process.geteuid?.() === 0 ? [] : ['root'];

let directory = '';
let script = '';
let files: Drop['files'];

beforeAll(() => {
  directory = scratchDirectory();
  script = join(directory, 'drop-privileges.mjs');
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error', `--outfile=${script}`];
  execFileSync(fromHere('node_modules/.bin/esbuild'), [
    fromHere('test/support/drop-privileges.ts'),
    ...options,
  ]);
  files = { passwd: join(directory, 'passwd'), group: join(directory, 'group') };
  writeFileSync(
    files.passwd,
    'root:x:0:0:root:/root:/bin/sh\n\nqmaild:x:7001:7002::/var/qmail:/bin/false\nbroken:x:-1:x::\nhalfway:x:7004\n',
  );
  writeFileSync(files.group, 'root:x:0:\nnofiles:x:7003:qmaild\nqmail:x:7002:\nbroken:x:4294967295:\n');
});

afterAll(() => removeDirectory(directory));

/** uid, gid and all groups, of all threads. */
const ids = (uid: number, gid: number): readonly string[] => [
  `Uid: ${uid} ${uid} ${uid} ${uid}`,
  `Gid: ${gid} ${gid} ${gid} ${gid}`,
  `Groups: ${gid}`,
];

const contract = (program: string): void => {
  const drop = (wanted: WantedPrivileges, as: number | null = null): Dropped =>
    JSON.parse(
      execFileSync(program, [script, JSON.stringify({ as, wanted, files } satisfies Drop)], {
        encoding: 'utf8',
      }),
    );

  it.each<[WantedPrivileges, number, number]>([
    [{ uid: 7001, gid: 7002 }, 7001, 7002],
    [{ uid: '7001', gid: '7003' }, 7001, 7003],
    [{ uid: 'qmaild', gid: 'nofiles' }, 7001, 7003],
    [{ uid: 'qmaild', gid: null }, 7001, 7002],
    [{ uid: 7001, gid: null }, 7001, 7002],
    [{ uid: 65_534, gid: 7002 }, 65_534, 7002],
    [{ uid: 65_534, gid: 0 }, 65_534, 0],
    [{ uid: null, gid: 'qmail' }, 0, 7002],
    [{ uid: 0, gid: 0 }, 0, 0],
  ])('%j', (wanted, uid, gid) => {
    expect(drop(wanted)).toEqual({ problem: null, threads: ids(uid, gid) });
  });

  it.each<[WantedPrivileges, string]>([
    [{ uid: 'nobdy', gid: null }, 'there is no user "nobdy" in'],
    [{ uid: 'qmaild', gid: 'nofile' }, 'there is no group "nofile" in'],
    [{ uid: 7000, gid: null }, '/passwd has no group for user 7000; give it with -g'],
    [{ uid: 'halfway', gid: null }, '/passwd has no group for user 7004; give it with -g'],
    [{ uid: 'broken', gid: 7002 }, 'there is no user "broken" in'],
    [{ uid: 7001, gid: 'broken' }, 'there is no group "broken" in'],
    [{ uid: '', gid: 7002 }, 'there is no user "" in'],
    [{ uid: '4294967295', gid: 7002 }, 'there is no user "4294967295" in'],
    [{ uid: -1, gid: 7002 }, 'there is no user "-1" in'],
    [{ uid: 'x', gid: '-1' }, 'there is no user "x" in'],
  ])('%j changes nothing', (wanted, problem) => {
    const before = drop({ uid: null, gid: null });
    expect(drop(wanted)).toEqual({ ...before, problem: expect.stringContaining(problem) });
  });

  it('is for root, but who is that user already may stay', () => {
    expect(drop({ uid: 7001, gid: 7002 }, 65_534)).toEqual({
      problem: 'only root can change to user 7001, group 7002',
      threads: ids(65_534, 65_534),
    });
    expect(drop({ uid: 65_534, gid: 65_534 }, 65_534).problem).toBeNull();
    expect(drop({ uid: null, gid: null }, 65_534).problem).toBeNull();
  });

  needs('setpriv').it('that could be taken back are noticed', () => {
    const wanted: WantedPrivileges = { uid: 7001, gid: 7002 };
    const command = ['--securebits', '+no_setuid_fixup', program, script];
    const task = JSON.stringify({ as: null, wanted, files } satisfies Drop);
    const { problem } = JSON.parse(execFileSync('setpriv', [...command, task], { encoding: 'utf8' }));
    expect(problem).toBe('privileges do not stay away: user 0 could be taken back (capabilities?)');
  });
};

present(root).describe('privileges, on Node', () => contract(process.execPath));

present([...root, ...(bun === null ? ['bun'] : [])]).describe('privileges, on Bun', () =>
  contract(bun as string),
);

describe('-U', () => {
  it('takes $UID and $GID', () => {
    expect(privilegesOfEnvironment({ UID: '7001', GID: '7002' })).toEqual({ uid: 7001, gid: 7002 });
  });

  it.each([
    [{ UID: '7001' }, '-U wants a number in $GID; start it with envuidgid'],
    [{ GID: '7002' }, '-U wants a number in $UID'],
    [{ UID: '', GID: '7002' }, '$UID'],
    [{ UID: 'qmaild', GID: '7002' }, '$UID'],
    [{ UID: '7001', GID: '4294967295' }, '$GID'],
  ])('%j is a problem', (env, problem) => expect(() => privilegesOfEnvironment(env)).toThrow(problem));
});
