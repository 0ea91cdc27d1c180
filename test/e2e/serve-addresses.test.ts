// Where `mvmtr serve` listens: both families, unix sockets, several addresses at once; and what it says of those that cannot be
// had. Mistakes end it with 100 and trouble that may pass with 111, one line each.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { needs } from '../support/needs.ts';
import { createWorld, type World } from '../support/program.ts';
import { freePort, killServers, serve, serveInVain } from '../support/serve.ts';
import { firstReply, greeted } from '../support/smtp-client.ts';

let world: World;
let others: Server[] = [];

beforeEach(() => {
  world = createWorld();
});

afterEach(async () => {
  await killServers();
  for (const other of others) other.close();
  others = [];
  world.remove();
});

const isRoot = process.getuid?.() === 0;

/** Root without what lets root do everything; as nobody it might not find the program. */
const RESTRICTED = isRoot
  ? ['setpriv', '--bounding-set', '-net_bind_service,-dac_override,-dac_read_search']
  : [];

const QUIET = ['-HR', '-l', 'mx.example.com'];

const startOn = (build: Build, ...words: readonly string[]) =>
  serve(build, { words: [...QUIET, ...words], env: world.env });

const failOn = (build: Build, ...words: readonly string[]) =>
  serveInVain(build, { words: [...QUIET, ...words], env: world.env });

/** Somebody else who listens there. */
async function occupy(
  where: { readonly path: string } | { readonly host: string; readonly port: 0 },
): Promise<number> {
  const other = createServer();
  others.push(other);
  await new Promise<void>((resolve) => other.listen(where, resolve));
  const address = other.address() as AddressInfo | string;
  return typeof address === 'string' ? 0 : address.port;
}

const GREETING = '220 mx.example.com ESMTP mvmtr';

describeBuilds('addresses of serve', (build) => {
  it('listens on an IPv4 address', async () => {
    const server = await startOn(build, '127.0.0.1:0');
    expect(await firstReply(server.port)).toBe(GREETING);
    await server.untilLog(/connect ip=127\.0\.0\.1 host=unknown profile=mvmtr/);
    expect(await server.stop()).toBe(0);
  });

  it('listens on an IPv6 address', async () => {
    const server = await startOn(build, '[::1]:0');
    expect(await firstReply({ host: '::1', port: server.port })).toBe(GREETING);
    await server.untilLog(/connect ip=::1 /);
    expect(await server.stop()).toBe(0);
  });

  it('listens on both families at a bare port, and sees IPv4 clients as such', async () => {
    const port = await freePort();
    const server = await startOn(build, String(port));
    expect(server.ports).toEqual([port]);
    expect(await firstReply({ host: '127.0.0.1', port })).toBe(GREETING);
    expect(await firstReply({ host: '::1', port })).toBe(GREETING);
    const [first, second] = await server.untilLog(/ connect /, 2);
    expect([first, second]).toEqual([
      expect.stringContaining(' ip=127.0.0.1 '),
      expect.stringContaining(' ip=::1 '),
    ]);
    expect(await server.stop()).toBe(0);
  });

  it('listens on all addresses of one family', async () => {
    const server = await startOn(build, '0:0', '[::]:0');
    const [four = 0, six = 0] = server.ports;
    expect(await firstReply({ host: '127.0.0.2', port: four })).toBe(GREETING);
    expect(await firstReply({ host: '::1', port: six })).toBe(GREETING);
    await expect(greeted({ host: '::1', port: four })).rejects.toThrow();
    await expect(greeted({ host: '127.0.0.1', port: six })).rejects.toThrow();
  });

  it('listens on several addresses at once', async () => {
    const path = join(world.home, 'socket');
    const server = await startOn(build, '127.0.0.1:0', '127.0.0.2:0', `unix:${path}`, '[::1]:0');
    const [one = 0, two = 0, three = 0] = server.ports;
    expect(await firstReply(one)).toBe(GREETING);
    expect(await firstReply({ host: '127.0.0.2', port: two })).toBe(GREETING);
    expect(await firstReply({ host: '::1', port: three })).toBe(GREETING);
    expect(await firstReply({ path })).toBe(GREETING);
    expect(await server.stop()).toBe(0);
  });

  it('replaces the file of a socket that nobody listens on any more', async () => {
    const path = join(world.home, 'socket');
    const killed = await startOn(build, `unix:${path}`);
    killed.signal('SIGKILL');
    await killed.exited;
    expect(existsSync(path)).toBe(true);
    const server = await startOn(build, `unix:${path}`);
    expect(await firstReply({ path })).toBe(GREETING);
    await server.untilLog(/connect ip=unknown /);
    expect(await server.stop()).toBe(0);
  });

  it('leaves alone a socket that somebody listens on', async () => {
    const path = join(world.home, 'socket');
    await occupy({ path });
    expect(await failOn(build, `unix:${path}`)).toEqual({
      exit: 111,
      log: `mvmtr serve: unix:${path}: another program listens there already\n`,
    });
    expect(existsSync(path)).toBe(true);
  });

  it('leaves alone a file that is no socket', async () => {
    const path = join(world.home, 'file');
    writeFileSync(path, 'precious');
    expect(await failOn(build, `unix:${path}`)).toEqual({
      exit: 111,
      log: `mvmtr serve: unix:${path}: another program listens there already\n`,
    });
    expect(existsSync(path)).toBe(true);
  });

  it('takes the file of its socket away when it leaves', async () => {
    const path = join(world.home, 'socket');
    for (const more of [[], ['--workers', '2']]) {
      const server = await startOn(build, ...more, `unix:${path}`);
      expect(await firstReply({ path })).toBe(GREETING);
      expect(await server.stop()).toBe(0);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('says that a port is in use', async () => {
    const port = await occupy({ host: '127.0.0.1', port: 0 });
    expect(await failOn(build, `127.0.0.1:${port}`)).toEqual({
      exit: 111,
      log: `mvmtr serve: 127.0.0.1:${port}: another program listens there already\n`,
    });
  });

  it('says that an address is not one of this machine', async () => {
    expect(await failOn(build, '192.0.2.1:0')).toEqual({
      exit: 111,
      log: 'mvmtr serve: 192.0.2.1:0: this machine has no such address\n',
    });
  });

  needs(...(isRoot ? ['setpriv'] : [])).it('says what is not permitted', async () => {
    const locked = join(world.home, 'locked');
    mkdirSync(locked, { mode: 0 });
    const path = join(locked, 'socket');
    for (const [word, words] of [
      ['127.0.0.1:1', 'not permitted: ports below 1024 are for root, who can hand them over with -u'],
      [`unix:${path}`, 'not permitted'],
    ] as const) {
      expect(await serveInVain(build, { before: RESTRICTED, words: [word], env: world.env })).toEqual({
        exit: 111,
        log: `mvmtr serve: ${word}: ${words}\n`,
      });
    }
  });

  it.each([
    [[], 'nothing to listen on: add an address, as in "serve 25"'],
    [['0'], '"0" is no port; write 0:25 for all IPv4 addresses, 0:0 for any port'],
    [['70000'], '"70000" is no port; write a number from 0 to 65535'],
    [
      ['mx.example.com:25'],
      '"mx.example.com" is a name, and names may change what they stand for; write the IP address',
    ],
    [['::1'], '"::1": an IPv6 address stands in brackets and a port follows; write [2001:db8::1]:25'],
    [['unix:socket'], '"unix:socket" wants a full path: unix:/run/mvmtr/smtp'],
    [['25', '127.0.0.1:25'], '25 includes 127.0.0.1:25; leave one of them out'],
    [['--workers', '0', '25'], '--workers wants a number from 1 to 64, not "0"'],
    [['--no-such-option', '25'], 'there is no option --no-such-option; see mvmtr serve --help'],
  ])('%j is a mistake', async (words, problem) => {
    expect(await failOn(build, ...words)).toEqual({ exit: 100, log: `mvmtr serve: ${problem}\n` });
  });
});
