// What supervisors are told: s6 over a pipe, systemd over a stand-in for its socket that records what comes and in which order;
// the socket itself is tested in src/sys/notify.test.ts. And what is said when somebody cannot be told.

import { execFileSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import type { Environment } from '../environment.ts';
import { NOTIFY_VARIABLES, type Notifier, notifier } from './ready.ts';

interface Told {
  readonly notify: Notifier;
  /** All that was sent and said, once everything has arrived. */
  readonly all: () => Promise<{ readonly sent: readonly string[]; readonly problems: readonly string[] }>;
}

/** @param answers what goes wrong with each datagram */
function watched(
  env: Environment,
  {
    readyDescriptor = null,
    answers = [],
  }: { readyDescriptor?: number | null; answers?: (string | null)[] } = {},
): Told {
  const sent: string[] = [];
  const problems: string[] = [];
  const sendNotify = async (socketPath: string, message: string): Promise<string | null> => {
    // The later ones would overtake the first ones if they were not kept waiting.
    for (let turn = sent.length; turn < 3; turn += 1) await null;
    sent.push(`${socketPath} ${message}`);
    return answers[sent.length - 1] ?? null;
  };
  const onProblem = (text: string): void => {
    problems.push(text);
  };
  const notify = notifier(env, { readyDescriptor, sendNotify, onProblem });
  const all = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return { sent, problems };
  };
  return { notify, all };
}

const SYSTEMD = { NOTIFY_SOCKET: '/run/systemd/notify' };

describe('systemd', () => {
  it('is told everything in order', async () => {
    const { notify, all } = watched(SYSTEMD);
    notify.status('starting');
    notify.ready();
    notify.reloading();
    notify.ready();
    notify.stopping();
    const { sent, problems } = await all();
    expect(sent.map((line) => line.replace(/[0-9]{6,}$/, 'N'))).toEqual(
      ['STATUS=starting', 'READY=1', 'RELOADING=1\nMONOTONIC_USEC=N', 'READY=1', 'STOPPING=1'].map(
        (message) => `/run/systemd/notify ${message}`,
      ),
    );
    expect(problems).toEqual([]);
  });

  it('is told a time that is not before now', async () => {
    const before = process.hrtime.bigint() / 1000n;
    const { notify, all } = watched(SYSTEMD);
    notify.reloading();
    const { sent } = await all();
    const [, digits = ''] = /MONOTONIC_USEC=([0-9]+)$/.exec(sent[0] ?? '') ?? [];
    expect(BigInt(digits)).toBeGreaterThanOrEqual(before);
    // A machine that was asleep counts that time in one of the two clocks and not in the other.
    expect(Number(digits)).toBeLessThan(Number(before) + 365 * 24 * 3600 * 1e6);
  });

  it('gets a status that is one line', async () => {
    const { notify, all } = watched({ NOTIFY_SOCKET: '@name' });
    notify.status('a\nREADY=1\r\n\0b');
    notify.status('x'.repeat(1000));
    expect((await all()).sent).toEqual(['@name STATUS=a READY=1 b', `@name STATUS=${'x'.repeat(200)}`]);
  });

  it('that does not hear does not stop what follows', async () => {
    const { notify, all } = watched(SYSTEMD, { answers: ['/run/systemd/notify: ENOENT', null] });
    notify.ready();
    notify.stopping();
    const { sent, problems } = await all();
    expect(sent).toHaveLength(2);
    expect(problems).toEqual(['NOTIFY_SOCKET=/run/systemd/notify: ENOENT']);
  });

  it.each([
    [{}, 0],
    [{ NOTIFY_SOCKET: '' }, 0],
    [{ NOTIFY_SOCKET: 'vsock:2:1234' }, 1],
    [{ NOTIFY_SOCKET: '@' }, 1],
  ])('that is not there hears nothing: %j', async (env, told) => {
    const { notify, all } = watched(env);
    notify.ready();
    notify.stopping();
    const { sent, problems } = await all();
    expect([sent, problems.length]).toEqual([[], told]);
  });

  it('is not in the environment of what we start', () => {
    expect(NOTIFY_VARIABLES).toEqual(expect.arrayContaining(['NOTIFY_SOCKET', 'WATCHDOG_USEC']));
  });
});

describe('s6', () => {
  let directory = '';
  let fifo = '';

  beforeEach(() => {
    directory = scratchDirectory();
    fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
  });

  afterEach(() => removeDirectory(directory));

  it('gets one newline and the end', async () => {
    const reading = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(fifo, 'w');
    const { notify, all } = watched({}, { readyDescriptor: writing });
    notify.status('starting');
    notify.ready();
    expect(() => fstatSync(writing)).toThrow('EBADF');
    // Its number may be somebody else's by now.
    notify.ready();
    const buffer = Buffer.alloc(10);
    expect(readSync(reading, buffer)).toBe(1);
    expect(buffer.toString('latin1', 0, 1)).toBe('\n');
    expect(readSync(reading, buffer)).toBe(0);
    closeSync(reading);
    expect(await all()).toEqual({ sent: [], problems: [] });
  });

  it('that has gone is a problem, and the descriptor is closed', async () => {
    const reading = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(fifo, 'w');
    closeSync(reading);
    const { notify, all } = watched(SYSTEMD, { readyDescriptor: writing });
    notify.ready();
    const { sent, problems } = await all();
    expect(problems).toEqual([expect.stringMatching(/^descriptor [0-9]+: EPIPE/)]);
    expect(sent).toEqual(['/run/systemd/notify READY=1']);
    expect(() => fstatSync(writing)).toThrow('EBADF');
  });

  it('with a descriptor that is not open is a problem', async () => {
    const { notify, all } = watched({}, { readyDescriptor: 1_000_000 });
    notify.ready();
    expect((await all()).problems).toEqual([expect.stringMatching(/^descriptor 1000000: EBADF/)]);
  });

  it('with a descriptor that is no pipe is a problem, and it stays open', async () => {
    const file = openSync('/dev/null', 'w');
    const { notify, all } = watched({}, { readyDescriptor: file });
    notify.ready();
    expect((await all()).problems).toEqual([`descriptor ${file} is no pipe: not told to be ready`]);
    closeSync(file);
  });
});
