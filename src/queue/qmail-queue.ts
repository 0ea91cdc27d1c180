// Hand-off to qmail-queue or whatever stands in for it ($QMAILQUEUE): message on descriptor 0, envelope on 1, its own error
// text from 6. The envelope travels in an unlinked file that stays empty until the message is complete and out of our
// hands: whatever happens before (the client leaves, the message is refused, this process is killed), the program
// finds no envelope at its end of input and queues nothing.

import { readSync, writeSync } from 'node:fs';
import {
  type Child,
  type ChildStatus,
  closeAll,
  openScratch,
  type SpawnFailure,
  type SpawnOptions,
} from '../sys/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';
import { NOT_EXECUTED, OWN_TEXT_OCTETS, outcomeOf } from './exit-status.ts';
import type { Envelope, HandOff, Queue } from './queue.ts';

export interface QmailQueueOptions {
  /** qmail's home directory, in which the program runs. */
  readonly home: string;
  /** $QMAILQUEUE; null when unset, and then it is bin/qmail-queue. Relative to the home; empty names no program. */
  readonly program: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly spawn: (options: SpawnOptions) => Promise<Child | SpawnFailure>;
}

/** Octets a pipe holds: so much of an envelope stock qmail-smtpd gets rid of without anybody reading it. */
const PIPE_OCTETS = 64 * 1024;

export function qmailQueue(options: QmailQueueOptions): Queue {
  const { home, program } = options;
  const name = program ?? 'bin/qmail-queue';
  const file = name === '' || name.startsWith('/') ? name : `${home}/${name}`;
  return {
    async open() {
      const scratch: number[] = [];
      try {
        scratch.push(openScratch(), openScratch());
      } catch {
        closeAll(scratch);
        return null;
      }
      const [out, extra] = scratch as [number, number];
      const child =
        file === '' ? NO_PROGRAM : await options.spawn({ file, cwd: home, env: options.env, out, extra });
      if (!('failure' in child)) return handOff(child, { out, extra });
      closeAll(scratch);
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

interface Descriptors {
  readonly out: number;
  readonly extra: number;
}

function handOff(child: Child, { out, extra }: Descriptors): HandOff {
  return {
    id: String(child.pid),
    write: (octets) => child.write(octets),
    async commit(envelope) {
      try {
        const octets = encodeEnvelope(envelope);
        // A program that did not take the whole message, or has left already, gets no envelope; its exit code may tell
        // why, but success it cannot be (through a pipe the envelope could not have been written either).
        const given = (await child.taken()) && !child.hasEnded && writeWhole(out, octets);
        child.close();
        const status = await child.ended;
        return outcomeOf(status, ownText(status, extra), given && isRead(out, octets.length));
      } finally {
        closeAll([out, extra]);
      }
    },
    abort() {
      child.close();
      closeAll([out, extra]);
    },
  };
}

// F sender NUL, T recipient NUL …, NUL (qmail-queue(8)).
function encodeEnvelope({ reversePath, recipients }: Envelope): Uint8Array {
  return toOctets(`F${reversePath}\0${recipients.map((recipient) => `T${recipient}\0`).join('')}\0`);
}

// All of it at offset 0, leaving the offset that the child shares with us where it is. What a full disk cuts off lacks its
// final NUL, so a part of an envelope is none.
function writeWhole(descriptor: number, octets: Uint8Array): boolean {
  try {
    for (let at = 0; at < octets.length; ) at += writeSync(descriptor, octets, at, octets.length - at, at);
    return true;
  } catch {
    return false;
  }
}

// Whether the program took as much of the envelope as would have left our hands through a pipe. Reading here goes on
// where the program has stopped, because the two descriptors share their offset.
function isRead(descriptor: number, length: number): boolean {
  if (length <= PIPE_OCTETS) return true;
  const rest = new Uint8Array(length);
  let unread = 0;
  for (let count = -1; count !== 0; unread += count) count = readSync(descriptor, rest, 0, rest.length, null);
  return unread <= PIPE_OCTETS;
}

function ownText(status: ChildStatus, descriptor: number): string {
  if ('signal' in status || status.code === 0) return '';
  const text = new Uint8Array(OWN_TEXT_OCTETS);
  return fromOctets(text, 0, readSync(descriptor, text, 0, text.length, 0));
}
