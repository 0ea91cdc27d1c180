// The adapters of the Queue port as the contract suite sees them: a queue, and a way to look at what it has taken. Each
// keeps what it needs below the directory it is given. What was taken comes back in one form, the envelope as
// qmail-queue reads it.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lateQueue, loadMaildirQueue, type Queue, qmailQueue } from '../../src/queue/index.ts';
import { type Spawn, type Spawner, sys } from '../../src/sys/index.ts';
import { openSpawnPool } from '../../src/sys/spawn-pool-node.ts';
import { createHome } from '../support/home.ts';
import { memoryQueue } from '../support/memory-queue.ts';
import { cleanEnvironment, queueEnvironment, takeQueued } from '../support/process-player.ts';
import { type Queued, WILLING_QUEUE } from '../support/scenario.ts';

export interface Subject {
  readonly queue: Queue;
  /** Everything that was queued, in any order, when all the hand-offs that were begun are over. */
  taken(begun: number): Promise<readonly Queued[]>;
}

export interface Adapter {
  readonly name: string;
  /** A queue that takes everything; it may keep things in `directory`. */
  willing(directory: string): Promise<Subject>;
  /** A queue that cannot take anything at the moment. */
  unable(directory: string): Promise<Subject>;
  /** When nothing more is wanted of it. */
  close?(): Promise<void>;
}

const REFUSING = { ...WILLING_QUEUE, exits: [53] };

const memory: Adapter = {
  name: 'memory',
  willing: () => Promise.resolve(inMemory(WILLING_QUEUE)),
  unable: () => Promise.resolve(inMemory(REFUSING)),
};

function inMemory(script: typeof WILLING_QUEUE): Subject {
  const queue = memoryQueue({ script, canRun: true, advance: () => undefined });
  return { queue, taken: () => Promise.resolve(queue.queued()) };
}

const late: Adapter = {
  name: 'started late',
  willing: () => Promise.resolve(startedLate(inMemory(WILLING_QUEUE))),
  unable: () => Promise.resolve(startedLate(inMemory(REFUSING))),
};

const startedLate = ({ queue, taken }: Subject): Subject => ({ queue: lateQueue(queue), taken });

const program: Adapter = {
  name: 'qmail-queue',
  willing: (directory) => Promise.resolve(withProgram(directory, WILLING_QUEUE, sys.spawn)),
  unable: (directory) => Promise.resolve(withProgram(directory, UNABLE_PROGRAM, sys.spawn)),
};

const UNABLE_PROGRAM = { ...REFUSING, read: 'message' } as const;

let pool: Promise<Spawner> | null = null;

// Nothing of it may go the ordinary way, or the contract would be played on that one once more.
const openPool = (): Promise<Spawner> => {
  const ordinary: Spawn = async () => ({ failure: 'not-executable', reason: 'not through a shell' });
  pool ??= openSpawnPool({ ordinary, typical: { file: '/bin/true', cwd: '/', env: cleanEnvironment() } });
  return pool;
};

const programByShell: Adapter = {
  name: 'qmail-queue, started by a shell',
  willing: async (directory) => withProgram(directory, WILLING_QUEUE, (await openPool()).spawn),
  unable: async (directory) => withProgram(directory, UNABLE_PROGRAM, (await openPool()).spawn),
  close: async () => (await openPool()).close(),
};

function withProgram(directory: string, script: typeof WILLING_QUEUE, spawn: Spawn): Subject {
  const home = join(directory, 'home');
  const out = join(directory, 'out');
  createHome(home, { control: {}, queue: script });
  mkdirSync(out);
  const env = { ...cleanEnvironment(), ...queueEnvironment(home, out, script) };
  return {
    queue: qmailQueue({ home, program: null, env, spawn, seconds: null }),
    taken: (begun) => takeQueued(out, begun),
  };
}

const maildir: Adapter = {
  name: 'maildir',
  willing: (directory) => inMaildir(join(directory, 'Maildir')),
  unable: (directory) => {
    writeFileSync(join(directory, 'a-file'), '');
    return inMaildir(join(directory, 'a-file', 'Maildir'));
  },
};

async function inMaildir(directory: string): Promise<Subject> {
  const { maildirQueue } = await loadMaildirQueue();
  const queue = maildirQueue({ directory, hostName: 'mx.example.com' });
  return { queue, taken: () => Promise.resolve(messagesIn(join(directory, 'new'))) };
}

function messagesIn(folder: string): readonly Queued[] {
  try {
    return readdirSync(folder).map((name) => splitTrace(readFileSync(join(folder, name), 'latin1')));
  } catch {
    return []; // it is made with the first message
  }
}

// Return-Path and Delivered-To in front of a message → its envelope.
function splitTrace(file: string): Queued {
  const trace = /^Return-Path: <(.*)>\n((?:Delivered-To: .*\n)*)/.exec(file);
  const recipients = (trace?.[2] ?? '').split('\n').slice(0, -1);
  const fields = recipients.map((line) => `T${line.replace('Delivered-To: ', '')}\0`);
  return {
    message: file.slice(trace?.[0].length ?? 0),
    envelope: `F${trace?.[1] ?? ''}\0${fields.join('')}\0`,
  };
}

export const ADAPTERS: readonly Adapter[] = [memory, late, program, programByShell, maildir];
