// `mvmtr serve` under those who look after daemons: daemontools with multilog beside it, systemd's socket activation and its
// notifications, s6's readiness. And sessions that systemd starts one by one, as a socket unit with Accept=yes does.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Build, describeBuilds } from '../support/builds.ts';
import { type DatagramReceiver, receiveDatagrams } from '../support/datagram-receiver.ts';
import { needs, programPath } from '../support/needs.ts';
import { takeQueued } from '../support/process-player.ts';
import { createWorld, type World } from '../support/program.ts';
import { freePort, killServers, serve, serveActivated, serveWithoutWord, within } from '../support/serve.ts';
import { firstReply, greeted, sendMessage, untilRefused } from '../support/smtp-client.ts';
import { run } from '../support/tcp-server.ts';

let world: World;
const afterwards: (() => unknown)[] = [];

beforeEach(() => {
  world = createWorld({}, { noteEnv: ['TCPREMOTEIP', 'LISTEN_FDS', 'LISTEN_PID', 'NOTIFY_SOCKET'] });
});

afterEach(async () => {
  for (const action of afterwards.splice(0)) await action();
  await killServers();
  world.remove();
});

const GREETING = '220 mx.example.com ESMTP mvmtr';
const PAUSED = '421 4.3.2 Not accepting mail at the moment, try again later';
const GOING_DOWN = '421 4.3.2 Going down, try again later';

const WORDS = ['-HR', '-l', 'mx.example.com'];

interface Supervised {
  readonly directory: string;
  /** Waits until the service's log, which multilog writes, has so many lines that match. */
  untilLog(pattern: RegExp, count?: number): Promise<readonly string[]>;
}

/** A service of svscan's, with multilog as its log. */
async function supervised(build: Build, port: number): Promise<Supervised> {
  const services = join(world.home, 'service');
  const directory = join(services, 'smtp');
  const log = join(directory, 'log');
  mkdirSync(join(log, 'main'), { recursive: true });
  const command = ['serve', ...WORDS, '-1', `127.0.0.1:${port}`].join(' ');
  const script = (line: string): string => `#!/bin/sh\nexec 2>&1\nexec ${line}\n`;
  writeFileSync(join(directory, 'run'), script(`${build.mvmtr} ${command}`), { mode: 0o755 });
  writeFileSync(join(log, 'run'), script('multilog t ./main'), { mode: 0o755 });
  const child = spawn(programPath('svscan') as string, [services], { env: world.env, stdio: 'pipe' });
  child.stdout.resume();
  child.stderr.resume();
  afterwards.push(async () => {
    const gone = once(child, 'close');
    child.kill();
    execFileSync(programPath('svc') as string, ['-dx', directory, log]);
    await within('the supervisors to end', () => '', gone);
  });
  return { directory, untilLog: (pattern, count = 1) => untilFile(join(log, 'main'), pattern, count) };
}

/** Waits for lines of multilog's file `current`. */
async function untilFile(directory: string, pattern: RegExp, count: number): Promise<readonly string[]> {
  const lines = (): readonly string[] => {
    try {
      return readFileSync(join(directory, 'current'), 'latin1')
        .split('\n')
        .filter((line) => pattern.test(line));
    } catch {
      return []; // multilog has not begun
    }
  };
  const log = (): string => lines().join('\n');
  const watcher = watch(directory);
  try {
    while (lines().length < count) await within(`${count} lines ${pattern}`, log, once(watcher, 'change'));
    return lines();
  } finally {
    watcher.close();
  }
}

describeBuilds('supervision of serve', (build) => {
  needs('svscan', 'supervise', 'svc', 'svstat', 'multilog').it('by daemontools', async () => {
    const port = await freePort();
    const { directory, untilLog } = await supervised(build, port);
    const svc = (flag: string) => run(['svc', flag, directory]);
    const svstat = async (): Promise<string> => (await run(['svstat', directory])).output;
    const started = (times: number) => untilLog(new RegExp(`^@[0-9a-f]{24} ${port}$`), times);

    await started(1);
    expect(await firstReply(port)).toBe(GREETING);
    expect(await svstat()).toMatch(/: up \(pid [0-9]+\) [0-9]+ seconds\n$/);
    await untilLog(/^@[0-9a-f]{24} mvmtr\[[0-9]+\.1\] connect ip=127\.0\.0\.1 /);

    writeFileSync(join(world.home, 'control', 'me'), 'new.example.com\n');
    await svc('-h');
    await untilLog(/text="SIGHUP: control files and rules read again"/);
    expect(await firstReply(port)).toBe('220 new.example.com ESMTP mvmtr');

    await svc('-a');
    await untilLog(/text="paused: /);
    expect(await firstReply(port)).toBe(PAUSED);
    await svc('-c');
    await untilLog(/text="taking new clients again"/);

    const client = await greeted(port);
    await svc('-t');
    expect(await client.reply()).toBe(GOING_DOWN);
    await started(2);
    expect(await sendMessage(await greeted(port))).toMatch(/^250 /);
    expect(await svstat()).toMatch(/: up \(pid [0-9]+\) [0-9]+ seconds\n$/);
  });

  needs('systemd-socket-activate').it('by systemd, which opens the sockets', async () => {
    const [one, two] = [await freePort(), await freePort()];
    const server = serveActivated(build, [`127.0.0.1:${one}`, `127.0.0.1:${two}`], {
      // Sockets that are given count for more than an address.
      words: [...WORDS, '127.0.0.1:0'],
      env: world.env,
    });
    await server.untilLog(/^Listening on /, 2);
    expect(await sendMessage(await greeted(one))).toMatch(/^250 /);
    expect(await firstReply(two)).toBe(GREETING);
    const [queued] = await takeQueued(world.out);
    expect(queued?.env).toBe(
      'TCPREMOTEIP=127.0.0.1\nLISTEN_FDS is not set\nLISTEN_PID is not set\nNOTIFY_SOCKET is not set\n',
    );
    expect(await server.stop()).toBe(0);
    await untilRefused(one);
  });

  for (const [name, program] of [
    ['mvmtr', build.mvmtr],
    ['qmail-smtpd', build.qmailSmtpd],
  ] as const) {
    needs('systemd-socket-activate').it(`by systemd, which starts ${name} for each connection`, async () => {
      const port = await freePort();
      const server = serveWithoutWord(build, {
        words: [],
        env: world.env,
        instead: [
          ...['systemd-socket-activate', `--listen=127.0.0.1:${port}`, '--accept', '--inetd'],
          ...Object.entries({ ...withoutClient(), REMOTE_ADDR: '::ffff:192.0.2.7', REMOTE_PORT: '4711' }).map(
            ([variable, value]) => `--setenv=${variable}=${value}`,
          ),
          program,
        ],
      });
      await server.untilLog(/^Listening on /);
      for (let time = 0; time < 2; time += 1) {
        const client = await greeted(port);
        expect(await sendMessage(client)).toMatch(/^250 /);
        expect(await client.ask('QUIT')).toMatch(/^221 /);
        await client.ended;
      }
      await server.untilLog(/ connect ip=192\.0\.2\.7 host=unknown /, 2);
      const queued = await takeQueued(world.out);
      for (const { message, env } of queued) {
        expect(message).toMatch(/^Received: from .*192\.0\.2\.7/);
        expect(env).toContain('TCPREMOTEIP=192.0.2.7\n');
      }
      expect(queued.length).toBe(2);
    });
  }

  const noticeOf = async (receiver: DatagramReceiver): Promise<string> =>
    (await receiver.next()).replace(/MONOTONIC_USEC=[0-9]+/, 'MONOTONIC_USEC=…');

  for (const workers of ['1', '2']) {
    needs('perl', 'systemd-notify').it(
      `by systemd, which is told how it is, with ${workers} workers`,
      async () => {
        const path = join(world.home, 'notify');
        const receiver = await receiveDatagrams(path);
        afterwards.push(() => receiver.stop());
        const server = await serve(build, {
          words: [...WORDS, '--workers', workers, '127.0.0.1:0'],
          env: { ...world.env, NOTIFY_SOCKET: path },
        });
        expect(await noticeOf(receiver)).toBe('READY=1');
        expect(await sendMessage(await greeted(server.port))).toMatch(/^250 /);
        expect((await takeQueued(world.out))[0]?.env).toContain('NOTIFY_SOCKET is not set\n');
        server.signal('SIGHUP');
        expect(await noticeOf(receiver)).toBe('RELOADING=1\nMONOTONIC_USEC=…');
        expect(await noticeOf(receiver)).toBe('READY=1');
        server.signal('SIGTERM');
        expect(await noticeOf(receiver)).toBe('STOPPING=1');
        expect(await server.exited).toBe(0);
      },
    );
  }

  it('by s6, which is told once that it is ready', async () => {
    for (const workers of ['1', '2']) {
      const words = [...WORDS, '--workers', workers, '--ready-fd', '4', '127.0.0.1:0'];
      const child = spawn(build.mvmtr, ['serve', ...words], {
        env: world.env,
        stdio: ['ignore', 'ignore', 'ignore', 'ignore', 'pipe'],
      });
      const gone = once(child, 'exit');
      afterwards.push(() => child.kill('SIGKILL'));
      let said = '';
      const descriptor = child.stdio[4] as NodeJS.ReadableStream;
      descriptor.on('data', (chunk: Buffer) => {
        said += chunk.toString('latin1');
      });
      // Nobody else may hold it, no worker and no queue program, so its end comes at once.
      await within('the end of the descriptor', () => said, once(descriptor, 'end'));
      expect(said).toBe('\n');
      child.kill('SIGTERM');
      expect(await gone).toEqual([0, null]);
    }
  });
});

/** The environment as it is when nobody has said who the client is. */
function withoutClient(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(world.env).filter(([name]) => !name.startsWith('TCPREMOTE')));
}
