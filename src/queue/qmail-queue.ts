// Hand-off to qmail-queue or whatever stands in for it ($QMAILQUEUE): message on descriptor 0, envelope on 1, its own error
// text from 6. The envelope is written when the message is complete and out of our hands, and not before: whatever happens
// until then (the client leaves, the message is refused, this process is killed), the program finds no whole envelope and
// queues nothing. Its descriptor 1 blocks until there is one, as in qmail, so a program may read the two in any order. The
// error text is collected in an unlinked file, which never makes the program wait.

import { readSync } from 'node:fs';
import {
  type Child,
  type ChildStatus,
  closeAll,
  LONGEST_TIMER,
  type Spawn,
  type SpawnFailure,
} from '../sys/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';
import { NOT_EXECUTED, OWN_TEXT_OCTETS, outcomeOf, overdue } from './exit-status.ts';
import type { Envelope, HandOff, Queue } from './queue.ts';

export interface QmailQueueOptions {
  /** qmail's home directory, absolute; the program runs there. */
  readonly home: string;
  /** $QMAILQUEUE; null when unset, and then it is bin/qmail-queue. Relative to the home; empty names no program. */
  readonly program: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly spawn: Spawn;
  /**
   * How long the program may take from commit() on, to end after abort(), and to take octets that it has no room for. Then
   * it is killed, and the outcome is a temporary failure. It may have queued the message by then, which can come a second
   * time therefore, but never be lost. Null: for ever, as stock.
   */
  readonly seconds: number | null;
}

/** Octets a pipe holds: so much of an envelope stock qmail-smtpd gets rid of without anybody reading it. */
const PIPE_OCTETS = 64 * 1024;

/** Absolute path of the program; '' names none. */
export function programFile({ home, program }: Pick<QmailQueueOptions, 'home' | 'program'>): string {
  const name = program ?? 'bin/qmail-queue';
  return name === '' || name.startsWith('/') ? name : `${home}/${name}`;
}

export function qmailQueue(options: QmailQueueOptions): Queue {
  const { home, env, spawn, seconds } = options;
  const file = programFile(options);
  return {
    async open() {
      const child = file === '' ? NO_PROGRAM : await spawn({ file, cwd: home, env });
      if (!('failure' in child)) return handOff(child, seconds);
      return child.failure === 'exhausted' ? null : notExecuted(child.reason);
    },
  };
}

const NO_PROGRAM: SpawnFailure = { failure: 'not-executable', reason: 'QMAILQUEUE is empty' };

// Stock notices only after DATA that the program cannot be executed; until then it is taken for a program.
function notExecuted(reason: string): HandOff {
  return {
    id: '0',
    write() {},
    async commit() {
      const outcome = outcomeOf({ code: NOT_EXECUTED }, '', false);
      return outcome.kind === 'queued' ? outcome : { ...outcome, why: `not executed: ${reason}` };
    },
    abort() {},
  };
}

function handOff(child: Child, seconds: number | null): HandOff {
  const { message, envelope, ended, ownText } = child;
  let late = false;
  const close = (): void => {
    message.close();
    envelope.close();
  };
  // Undefined when the time was up before, and the program has been killed.
  const inTime = <T>(waiting: Promise<T>): Promise<T | undefined> => {
    if (seconds === null) return waiting;
    return new Promise((resolve) => {
      const timeUp = (): void => {
        late = true;
        child.kill();
        close();
        resolve(undefined);
      };
      const timer = setTimeout(timeUp, Math.min(seconds, LONGEST_TIMER) * 1000);
      waiting.then((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  };
  return {
    id: String(child.pid),
    write(octets) {
      const accepting = message.write(octets);
      return accepting && inTime(accepting);
    },
    async commit(addresses) {
      try {
        const end = late ? undefined : await inTime(deliver(child, addresses));
        if (end === undefined) return overdue(seconds ?? 0);
        return outcomeOf(end.status, textOf(end.status, ownText), end.allTaken);
      } finally {
        closeAll([ownText]);
      }
    },
    abort() {
      close();
      closeAll([ownText]);
      void inTime(ended);
    },
  };
}

async function deliver(
  { message, envelope, ended }: Child,
  addresses: Envelope,
): Promise<{ status: ChildStatus; allTaken: boolean }> {
  // A program that did not take the whole message gets no envelope; its exit code may tell why.
  const whole = await message.taken();
  message.close();
  const octets = encodeEnvelope(addresses);
  if (whole) await envelope.write(octets);
  const given = whole && (await envelope.taken());
  envelope.close();
  const status = await ended;
  const read = octets.length <= PIPE_OCTETS || !envelope.leftUnread;
  return { status, allTaken: given && read };
}

// F sender NUL, T recipient NUL …, NUL (qmail-queue(8)).
function encodeEnvelope({ reversePath, recipients }: Envelope): Uint8Array {
  return toOctets(`F${reversePath}\0${recipients.map((recipient) => `T${recipient}\0`).join('')}\0`);
}

function textOf(status: ChildStatus, descriptor: number): string {
  if ('signal' in status || status.code === 0) return '';
  const text = new Uint8Array(OWN_TEXT_OCTETS);
  return fromOctets(text, 0, readSync(descriptor, text, 0, text.length, 0));
}
