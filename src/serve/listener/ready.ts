// Tells whoever supervises us how we are: s6 by a newline on a descriptor of its own, once; systemd (sd_notify(3)) by datagrams
// to $NOTIFY_SOCKET, in the order in which they were handed in. Who is not there is not told. That something could
// not be told is said by `onProblem`, and changes nothing else.

import { closeSync, fstatSync, readFileSync, writeSync } from 'node:fs';
import type { Serving } from '../../sys/index.ts';
import type { Environment } from '../environment.ts';

export interface NotifierOptions {
  /** s6's notification-fd; null for none. Closed when it has been used. */
  readonly readyDescriptor: number | null;
  readonly sendNotify: Serving['sendNotify'];
  /** One line for the log. */
  readonly onProblem: (text: string) => void;
}

export interface Notifier {
  /** Connections are taken; also after each reloading(). */
  ready(): void;
  /** Settings are being read again; ready() follows. */
  reloading(): void;
  /** No more connections are taken; the sessions that run may take their time. */
  stopping(): void;
  /** For people, in `systemctl status`. */
  status(text: string): void;
}

/** To be taken out of the environment of queue programs. */
export const NOTIFY_VARIABLES: readonly string[] = ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC'];

/** Nobody reads more of it in one line. */
const STATUS_CHARACTERS = 200;

const UPTIME_FILE = '/proc/uptime';
/** The kernel cuts its uptime to so many. */
const UPTIME_STEP_MICROSECONDS = 10_000;

export function notifier(env: Environment, options: NotifierOptions): Notifier {
  const tell = toSystemd(env, options);
  let descriptor = options.readyDescriptor;
  return {
    ready() {
      if (descriptor !== null) {
        const problem = announceReady(descriptor);
        if (problem !== null) options.onProblem(problem);
      }
      descriptor = null;
      tell('READY=1');
    },
    reloading: () => tell(`RELOADING=1\nMONOTONIC_USEC=${monotonicMicroseconds()}`),
    stopping: () => tell('STOPPING=1'),
    status: (text) => tell(`STATUS=${oneLine(text)}`),
  };
}

function toSystemd(env: Environment, { sendNotify, onProblem }: NotifierOptions): (message: string) => void {
  const socketPath = env.NOTIFY_SOCKET ?? '';
  if (socketPath === '') return () => {};
  if (!/^[/@]./s.test(socketPath)) {
    onProblem('NOTIFY_SOCKET is neither a path nor an abstract name: the supervisor hears nothing');
    return () => {};
  }
  let before = Promise.resolve();
  return (message) => {
    before = before.then(async () => {
      const problem = await sendNotify(socketPath, message);
      if (problem !== null) onProblem(`NOTIFY_SOCKET=${problem}`);
    });
  };
}

// What a supervisor gives us is a pipe; a number that was mistyped may be one of the runtime's own descriptors.
function announceReady(descriptor: number): string | null {
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFIFO() && !stats.isSocket())
      return `descriptor ${descriptor} is no pipe: not told to be ready`;
    try {
      writeSync(descriptor, '\n');
    } finally {
      closeSync(descriptor);
    }
    return null;
  } catch (error) {
    return `descriptor ${descriptor}: ${(error as Error).message}: not told to be ready`;
  }
}

const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f]+/g, ' ').slice(0, STATUS_CHARACTERS);

/**
 * CLOCK_MONOTONIC, which must not be behind the supervisor's, or the reload never begins for it; a little ahead does no
 * harm. The runtime's clock may count from the start of the process, and the kernel's uptime is cut; so the later of
 * the two, and that one rounded up.
 */
function monotonicMicroseconds(): number {
  return Math.max(Number(process.hrtime.bigint() / 1000n), uptimeMicroseconds());
}

function uptimeMicroseconds(): number {
  try {
    const [seconds = ''] = readFileSync(UPTIME_FILE, 'latin1').split(' ');
    return Math.round(Number(seconds) * 1_000_000) + UPTIME_STEP_MICROSECONDS;
  } catch {
    return 0; // no /proc: the runtime's clock has to do
  }
}
