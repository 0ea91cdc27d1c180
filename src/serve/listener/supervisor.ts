// --workers N: this process binds the sockets and starts N of itself that listen on them; it takes no clients. A worker
// that dies loses its own sessions only and is replaced, at once the first time, later and later when it keeps dying.
// Signals are passed on to workers that listen; one that does not yet hears later what it has missed. At the end all
// workers are told to go, and one that does not is killed.

import type { Bound, Serving, WorkerProcess } from '../../sys/index.ts';
import type { Environment } from '../environment.ts';
import type { OnSignal } from './lifecycle.ts';
import type { Notifier } from './ready.ts';

export interface Supervision {
  readonly onSignal: OnSignal;
  readonly serving: Pick<Serving, 'startWorker'>;
  readonly sockets: readonly Bound[];
  readonly workers: number;
  /** What each worker is started with. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** Seconds a worker may take to go. */
  readonly patience: number;
  /** Milliseconds since whenever. */
  readonly clock: () => number;
  /** Calls `action` after so many seconds, unless what it returns is called before. */
  readonly after: (seconds: number, action: () => void) => () => void;
  readonly note: (level: 'info' | 'warning', text: string) => void;
  readonly notifier: Notifier;
  /** Called once when all workers listen. */
  readonly listening: () => void;
}

/** A worker that has lived so many seconds has died of something new. */
const SETTLED_SECONDS = 60;
const LONGEST_BACK_OFF_SECONDS = 60;

/** @returns the exit status: 111 when no worker has ever come so far as to take clients */
export async function supervise(options: Supervision): Promise<0 | 111> {
  const { workers, note, notifier, onSignal, after } = options;
  const crew = openCrew(options);
  let toCome = workers;
  onSignal('SIGHUP', () => {
    const areReady = toCome <= 0;
    if (areReady) notifier.reloading();
    crew.reload();
    // How far workers have come with it is not known here; each says in the log what came of it.
    if (areReady) notifier.ready();
  });
  onSignal('SIGALRM', () => crew.pause(true));
  onSignal('SIGCONT', () => crew.pause(false));
  let leaving = false;
  let stop: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    stop = resolve;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) onSignal(signal, resolve);
  });
  let exit: 0 | 111 = 0;
  const oneMore = (): void => {
    toCome -= 1;
    if (toCome > 0) return;
    options.listening();
    notifier.ready();
  };
  const keep = async (announce: () => void): Promise<void> => {
    for (let deaths = 0; !leaving; ) {
      const started = options.clock();
      const worker = crew.start(announce);
      const how = await worker.ended;
      if (leaving) return;
      if (!crew.hasWorked()) {
        exit = 111;
        stop();
        return;
      }
      deaths = options.clock() - started > SETTLED_SECONDS * 1000 ? 1 : deaths + 1;
      const wait = deaths === 1 ? 0 : Math.min(2 ** (deaths - 2), LONGEST_BACK_OFF_SECONDS);
      const again = wait === 0 ? 'now' : `in ${wait} s`;
      note('warning', `worker ${worker.pid} ended with ${how}; another one ${again}`);
      await new Promise<void>((resolve) => {
        after(wait, resolve);
        told.then(resolve);
      });
    }
  };
  const kept = Array.from({ length: workers }, () => keep(once(oneMore)));
  await told;
  leaving = true;
  notifier.stopping();
  // While ours are open the kernel would go on taking connections.
  for (const socket of options.sockets) socket.release();
  crew.tell('SIGTERM');
  const calm = after(options.patience, () => {
    note('warning', `${crew.size()} workers killed: they did not go within ${options.patience} seconds`);
    crew.tell('SIGKILL');
  });
  await Promise.all(kept);
  calm();
  return exit;
}

/** The workers that run. One that does not listen yet would die of most signals, so it is told when it does. */
function openCrew({ serving, args, sockets, env, note }: Supervision) {
  const running = new Set<WorkerProcess>();
  const listening = new Set<WorkerProcess>();
  let worked = false;
  let paused = false;
  let reloads = 0;
  const tellAll = (workers: Iterable<WorkerProcess>, signal: NodeJS.Signals): void => {
    for (const worker of workers) worker.kill(signal);
  };
  return {
    start(announce: () => void): WorkerProcess {
      const before = reloads;
      const worker = serving.startWorker(args, sockets, env);
      running.add(worker);
      worker.ready.then((isReady) => {
        if (!isReady || !running.has(worker)) return;
        listening.add(worker);
        worked = true;
        note('info', `worker ${worker.pid} takes clients`);
        if (paused) worker.kill('SIGALRM');
        if (reloads !== before) worker.kill('SIGHUP');
        announce();
      });
      worker.ended.then(() => {
        running.delete(worker);
        listening.delete(worker);
      });
      return worker;
    },
    reload(): void {
      reloads += 1;
      tellAll(listening, 'SIGHUP');
    },
    pause(wanted: boolean): void {
      paused = wanted;
      tellAll(listening, wanted ? 'SIGALRM' : 'SIGCONT');
    },
    tell: (signal: 'SIGTERM' | 'SIGKILL'): void => tellAll(running, signal),
    size: () => running.size,
    /** One of them has come so far as to take clients. */
    hasWorked: () => worked,
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
