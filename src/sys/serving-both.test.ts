// What both runtimes share about listening: ends of connections as text, paths that a socket can have, and how a worker ended.

import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { needs } from '../../test/support/needs.ts';
import { run } from '../../test/support/tcp-server.ts';
import { descriptorLimit, endpointOf, statusInWords, unixSocketIsFree } from './serving-both.ts';

describe('an end of a connection', () => {
  it.each<[string | undefined, number | undefined, ReturnType<typeof endpointOf>]>([
    ['192.0.2.1', 25, { address: '192.0.2.1', port: 25 }],
    ['::ffff:192.0.2.1', 25, { address: '192.0.2.1', port: 25 }],
    ['2001:0db8::0001', 25, { address: '2001:db8::1', port: 25 }],
    ['fe80::1%eth0', 25, { address: 'fe80::1%eth0', port: 25 }],
    ['', 25, null],
    [undefined, undefined, null],
    ['192.0.2.1', undefined, null],
  ])('%j %j', (address, port, end) => expect(endpointOf(address, port)).toEqual(end));
});

describe('a path for a socket', () => {
  let directory = '';
  let path = '';
  const servers: Server[] = [];

  beforeEach(() => {
    directory = scratchDirectory();
    path = join(directory, 'socket');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    removeDirectory(directory);
  });

  const listening = (): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer();
      servers.push(server);
      server.listen(path, () => resolve(server));
    });

  it('is free where nothing is', async () => {
    expect(await unixSocketIsFree(path)).toBe(true);
  });

  it('is taken as long as somebody listens', async () => {
    await listening();
    expect(await unixSocketIsFree(path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  });

  it.each<[string, () => void]>([
    ['a file', () => writeFileSync(path, 'precious')],
    ['a directory', () => mkdirSync(path)],
  ])('is taken by %s, which stays', async (_, make) => {
    make();
    expect(await unixSocketIsFree(path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  });

  needs('perl').it('is free where a socket was left behind, which goes', async () => {
    const leave =
      'use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un($ARGV[0])) or die';
    expect((await run(['perl', '-e', leave, path])).exit).toBe(0);
    expect(existsSync(path)).toBe(true);
    expect(await unixSocketIsFree(path)).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('is free to try where a link leads nowhere: binding will tell', async () => {
    symlinkSync(join(directory, 'nowhere'), path);
    expect(await unixSocketIsFree(path)).toBe(true);
  });
});

it.each<[number | null, string | null, string]>([
  [0, null, 'exit 0'],
  [111, null, 'exit 111'],
  [null, 'SIGSEGV', 'signal SIGSEGV'],
  [null, null, 'signal unknown'],
])('a worker that ended with %j, %j', (code, signal, words) => {
  expect(statusInWords(code, signal)).toBe(words);
});

it('knows how many descriptors there may be', () => {
  expect(descriptorLimit()).toBeGreaterThan(2);
});
