// Cheap children for a Node process that stays: a pool of shells that start them (spawn-worker-node.ts). Before it is used a
// shell has to show that a child of it gets what it should, so that nothing is assumed about what /bin/sh is. Whatever
// cannot go through a shell (variables that it could not pass on, more children than the pool may have shells) goes the
// ordinary way, and so does everything when there can be no pool; nothing that was written has gone anywhere by then.

import { accessSync, constants, fstatSync, readSync, statSync } from 'node:fs';
import { failureOf } from './both.ts';
import { closeAll } from './scratch.ts';
import { type Inherited, isHarmless, readEnvironment, spawnJob } from './spawn-job.ts';
import { openWorker, type Worker, type WorkerOptions } from './spawn-worker-node.ts';
import type { Spawn, Spawner, SpawnFailure, SpawnOptions } from './sys.ts';

export interface SpawnPoolOptions {
  /** The ordinary way to start a child. */
  readonly ordinary: Spawn;
  /** What is started mostly, and with which environment: the less a child differs from it, the less it costs. */
  readonly typical: SpawnOptions;
  readonly shell?: WorkerOptions['shell'];
  readonly idleSeconds?: number;
}

const SHELL: WorkerOptions['shell'] = ['/bin/sh'];

/** Shells there may be, a megabyte each; slow clients in the middle of a message hold one. Children beyond that have to pay for themselves. */
const MOST_WORKERS = 1024;

/** Idle shells that are kept however long nobody needs them. */
const KEPT_WORKERS = 2;

/** Milliseconds between two looks at the typical program; one for each child would be dear. */
const LOOK_MS = 1000;

/** Idle shells that were not needed for so long are let go. */
const IDLE_SECONDS = 60;

export async function openSpawnPool(options: SpawnPoolOptions): Promise<Spawner> {
  const { ordinary, typical, shell = SHELL, idleSeconds = IDLE_SECONDS } = options;
  const harmless = Object.fromEntries(
    Object.entries(typical.env).filter(([name]) => isHarmless(name) && TRIAL[name] === undefined),
  );
  const open = (): Promise<Worker | null> => openWorker({ shell, env: harmless, typical });
  const first = await open();
  const inherited = first && (await tryOut(first));
  if (first !== null && inherited !== null) {
    return createPool({ ordinary, typical, inherited, first, open, idleSeconds });
  }
  first?.giveUp();
  const handicap = `${shell.join(' ')} does not start children as it should`;
  return { spawn: ordinary, handicap, close: async () => {} };
}

/** Every octet that a variable can have and a shell might take for something else. */
const EVERYTHING = Array.from({ length: 0x17f }, (_, at) => String.fromCharCode(at + 1)).join('');

/** Set for the child that is tried out; what it finds besides is what every child inherits. */
const TRIAL: Readonly<Record<string, string>> = {
  PWD: 'p',
  OLDPWD: ' o ',
  SHLVL: '-1',
  MVMTR_TRIAL: `'$(exit)\\\t${EVERYTHING.replace('\n', '')} `,
};

// Its number, its envelope and its environment as the system has it; then, at the end of the script, an exit status.
const TRIAL_SCRIPT = 'echo $$ >&6\ncat <&1 >&6\ncat /proc/$$/environ >&6\n(exit 7)\n';
const TRIAL_ENVELOPE = 'envelope\n';

/** A shell that takes longer for it is not to be trusted either. */
const TRIAL_SECONDS = 20;

/** The environment that children of this worker inherit; null when it is not to be trusted. */
async function tryOut(worker: Worker): Promise<Inherited | null> {
  const job = spawnJob({ file: '/bin/sh', cwd: '/', env: TRIAL }, new Map(), { file: '', cwd: '' });
  const child = job && (await worker.start(job));
  if (child === null) return null;
  const timer = setTimeout(worker.giveUp, TRIAL_SECONDS * 1000);
  try {
    child.message.write(Buffer.from(TRIAL_SCRIPT));
    child.message.close();
    child.envelope.write(Buffer.from(TRIAL_ENVELOPE));
    child.envelope.close();
    const status = await child.ended;
    const text = Buffer.alloc(fstatSync(child.ownText).size);
    readSync(child.ownText, text, 0, text.length, 0);
    const start = `${child.pid}\n${TRIAL_ENVELOPE}`;
    const found = readEnvironment(text.subarray(start.length));
    const right =
      'code' in status &&
      status.code === 7 &&
      text.toString('latin1', 0, start.length) === start &&
      Object.entries(TRIAL).every(([name, value]) => found.get(name) === value);
    for (const name of [...Object.keys(TRIAL), '_']) found.delete(name);
    return right ? found : null;
  } finally {
    clearTimeout(timer);
    closeAll([child.ownText]);
  }
}

interface Pool extends Required<Pick<SpawnPoolOptions, 'ordinary' | 'typical' | 'idleSeconds'>> {
  readonly inherited: Inherited;
  readonly first: Worker;
  readonly open: () => Promise<Worker | null>;
}

function createPool({ ordinary, typical, inherited, first, open, idleSeconds }: Pool): Spawner {
  const workers = new Set<Worker>();
  const idle: Worker[] = [];
  let opening = 0;
  let closed = false;
  /** When the typical program was last seen to be one. */
  let lookedAt = 0;
  const isTypical = ({ file, cwd }: SpawnOptions): boolean => file === typical.file && cwd === typical.cwd;
  // If it goes meanwhile, the shell says so with its exit status.
  const isKnown = (options: SpawnOptions): boolean =>
    isTypical(options) && Math.abs(Date.now() - lookedAt) < LOOK_MS;
  /** Idle workers that nobody has needed since the last look. */
  let spare = 0;
  const employ = (worker: Worker): void => {
    workers.add(worker);
    worker.gone.then(() => {
      workers.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
    });
  };
  const release = (worker: Worker): void => {
    if (closed) worker.dismiss();
    else if (worker.alive()) idle.push(worker);
  };
  const take = async (): Promise<Worker | null> => {
    const worker = idle.pop();
    spare = Math.min(spare, idle.length);
    if (worker !== undefined || closed || workers.size + opening >= MOST_WORKERS) return worker ?? null;
    opening += 1;
    const opened = await open();
    opening -= 1;
    if (opened !== null) employ(opened);
    return opened;
  };
  const timer = setInterval(() => {
    const surplus = Math.min(spare, idle.length - KEPT_WORKERS);
    for (const worker of idle.splice(0, Math.max(0, surplus))) worker.dismiss();
    spare = idle.length;
  }, idleSeconds * 1000).unref();
  employ(first);
  release(first);
  return {
    handicap: null,
    async spawn(options) {
      const job = spawnJob(options, inherited, typical);
      if (job === null) return ordinary(options);
      if (!isKnown(options)) {
        const unfit = whyNot(options);
        if (unfit !== null) return unfit;
        if (isTypical(options)) lookedAt = Date.now();
      }
      const worker = await take();
      const child = worker && (await worker.start(job));
      if (worker === null || child === null) return ordinary(options);
      child.ended.then(() => release(worker));
      return child;
    },
    async close() {
      closed = true;
      clearInterval(timer);
      for (const worker of idle.splice(0)) worker.dismiss();
      while (workers.size > 0) await Promise.all([...workers].map(({ gone }) => gone));
    },
  };
}

/** Why the system would not execute it, as far as can be seen; the rest comes back as the shell's exit status 126 or 127. */
function whyNot({ file, cwd }: SpawnOptions): SpawnFailure | null {
  try {
    accessSync(cwd, constants.X_OK);
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? null : { failure: 'not-executable', reason: 'EACCES' };
  } catch (error) {
    return failureOf(error);
  }
}
