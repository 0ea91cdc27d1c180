// A queue in memory that behaves as a scenario's queue program would, and keeps what it was given. The verdict on exit
// code and descriptor-6 text is asked of the queue room itself, so the table is the one the real adapter uses.
// Every second piece of a message it takes late, as a busy queue program would: the session has to wait for that.

import type { Envelope, HandOff, Outcome, Queue } from '../../src/queue/index.ts';
import { NOT_EXECUTED, outcomeOf } from '../../src/queue/index.ts';
import { fromOctets } from '../../src/text/index.ts';
import type { Queued, QueueScript } from './scenario.ts';
import { nth } from './scenario.ts';

export interface MemoryQueue extends Queue {
  /** Messages that came with a complete envelope, in the order in which they were handed over. */
  queued(): readonly Queued[];
  /** Hand-offs that are neither committed nor given up. */
  unfinished(): number;
  /** Breaches of the port by whoever uses it. */
  problems(): readonly string[];
}

export interface MemoryQueueOptions {
  readonly script: QueueScript;
  /** Whether the program exists at all. */
  readonly canRun: boolean;
  /** Told how long the program takes, instead of sleeping. */
  readonly advance: (milliseconds: number) => void;
}

/** What a pipe holds: less than this goes unread without anybody noticing. */
const PIPE_OCTETS = 65536;
const LONGEST_ADDRESS = 1002;

/** Process ids are made up from here. */
const FIRST_ID = 4711;

export function memoryQueue({ script, canRun, advance }: MemoryQueueOptions): MemoryQueue {
  const queued: Queued[] = [];
  const problems: string[] = [];
  let opened = 0;
  let unfinished = 0;

  function open(): Promise<HandOff | null> {
    opened += 1;
    unfinished += 1;
    const n = opened;
    const message = collector(problems);
    return Promise.resolve({
      id: String(FIRST_ID + n),
      write: message.write,
      commit(envelope) {
        unfinished -= 1;
        advance(script.readDelayMs + script.delayMs);
        return Promise.resolve(judge(n, message.end('commit()'), envelopeOctets(envelope)));
      },
      abort() {
        unfinished -= 1;
        message.end('abort()');
      },
    });
  }

  function judge(n: number, message: string, envelope: string): Outcome {
    if (!canRun) return outcomeOf({ code: NOT_EXECUTED }, '', false);
    const complete = script.read === 'all';
    const fault = complete && hasLongAddress(envelope) ? 11 : 0;
    if (complete && fault === 0) queued.push({ message, envelope });
    const exit = nth(script.exits, n, 0);
    if (typeof exit === 'string') return outcomeOf({ signal: exit.replace('signal:', 'SIG') }, '', true);
    const allTaken = complete || !overflows(message, envelope);
    return outcomeOf({ code: exit === 0 ? fault : exit }, nth(script.texts, n, ''), allTaken);
  }

  function overflows(message: string, envelope: string): boolean {
    return envelope.length > PIPE_OCTETS || (script.read === 'none' && message.length > PIPE_OCTETS);
  }

  return { open, queued: () => queued, unfinished: () => unfinished, problems: () => problems };
}

interface Collector {
  readonly write: HandOff['write'];
  /** Everything written, as octet string; nothing may be written afterwards. */
  readonly end: (how: string) => string;
}

function collector(problems: string[]): Collector {
  const pieces: string[] = [];
  let writes = 0;
  let busy = false;
  let over = false;
  const check = (what: string): void => {
    if (over) problems.push(`${what} after the hand-off was over`);
    if (busy) problems.push(`${what} before the last write() was through`);
  };
  return {
    write(octets) {
      check('write()');
      writes += 1;
      if (writes % 2 === 1) {
        pieces.push(fromOctets(octets));
        return undefined;
      }
      busy = true;
      return Promise.resolve().then(() => {
        pieces.push(fromOctets(octets));
        busy = false;
      });
    },
    end(how) {
      check(how);
      over = true;
      return pieces.join('');
    },
  };
}

/** The envelope as qmail-queue reads it from descriptor 1 (qmail-queue(8)). */
export function envelopeOctets({ reversePath, recipients }: Envelope): string {
  return `F${reversePath}\0${recipients.map((recipient) => `T${recipient}\0`).join('')}\0`;
}

function hasLongAddress(envelope: string): boolean {
  return envelope.split('\0').some((field) => field.length - 1 > LONGEST_ADDRESS);
}
