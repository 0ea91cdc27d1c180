// --workers N: this process binds the sockets and starts N of itself that listen on them; it takes no clients. A worker
// that dies loses its own sessions only and is replaced, at once the first time, later and later when it keeps dying.
// Signals are passed on. At the end all workers are told to go, and one that does not is killed.

import type { Bound, Serving, WorkerProcess } from '../../sys/index.ts';
import type { Environment } from '../environment.ts';
import type { Notifier } from './ready.ts';

export interface Supervision {
  readonly serving: Serving;
  readonly sockets: readonly Bound[];
  readonly workers: number;
  /** What each worker is started with. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** Seconds a worker may take to go. */
  readonly patience: number;
  readonly note: (level: 'info' | 'warning', text: string) => void;
  readonly notifier: Notifier;
  readonly listening: () => void;
}

/** A worker that has lived so many seconds has died of something new. */
const SETTLED_SECONDS = 60;
const LONGEST_BACK_OFF_SECONDS = 60;

/** A worker that is not ready yet could die of one, and hears of it when it is. */
const PASSED_ON = ['SIGHUP', 'SIGALRM', 'SIGCONT'] as const;

/** @returns the exit status: 111 when no worker has ever come so far as to take clients */
export async function supervise(options: Supervision): Promise<0 | 111> {
  const { workers, note, notifier, sockets, patience } = options;
  let stop: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let exit: 0 | 111 = 0;
  let toCome = workers;
  const crew = openCrew(options, told, {
    oneMore() {
      toCome -= 1;
      if (toCome > 0) return;
      options.listening();
      notifier.ready();
    },
    inVain() {
      exit = 111;
      stop();
    },
  });
  for (const signal of PASSED_ON) process.on(signal, () => crew.passOn(signal));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  const kept = Array.from({ length: workers }, crew.keep);
  await told;
  notifier.stopping();
  // While ours are open the kernel would go on taking connections.
  for (const socket of sockets) socket.release();
  crew.leave('SIGTERM');
  const timer = setTimeout(() => {
    const left = crew.leave('SIGKILL');
    note('warning', `${left} workers killed: they did not go within ${patience} seconds`);
  }, patience * 1000);
  await Promise.all(kept);
  clearTimeout(timer);
  return exit;
}

interface Crew {
  /** One worker after the other, until it is time to go. */
  keep(): Promise<void>;
  passOn(signal: (typeof PASSED_ON)[number]): void;
  /** From now on nobody is replaced. @returns how many were there to be told */
  leave(signal: 'SIGTERM' | 'SIGKILL'): number;
}

interface CrewEvents {
  /** The first worker of one more place is ready. */
  oneMore(): void;
  /** A worker has ended, and none has ever been ready: there is no sense in going on. */
  inVain(): void;
}

function openCrew(options: Supervision, told: Promise<void>, { oneMore, inVain }: CrewEvents): Crew {
  const running = new Set<WorkerProcess>();
  const ready = new Set<WorkerProcess>();
  let hasWorked = false;
  let leaving = false;
  let renewals = 0;
  let paused = false;
  const start = (announce: () => void): WorkerProcess => {
    const worker = options.serving.startWorker(options.args, options.sockets, options.env);
    const before = renewals;
    running.add(worker);
    worker.ready.then((isReady) => {
      if (!isReady || !running.has(worker)) return;
      hasWorked = true;
      ready.add(worker);
      options.note('info', `worker ${worker.pid} takes clients`);
      if (renewals > before) worker.kill('SIGHUP');
      if (paused) worker.kill('SIGALRM');
      announce();
    });
    return worker;
  };
  return {
    async keep() {
      const announce = once(oneMore);
      for (let deaths = 0; !leaving; ) {
        const started = performance.now();
        const worker = start(announce);
        const how = await worker.ended;
        running.delete(worker);
        ready.delete(worker);
        if (!hasWorked) inVain();
        if (leaving || !hasWorked) return;
        deaths = performance.now() - started > SETTLED_SECONDS * 1000 ? 1 : deaths + 1;
        const wait = deaths === 1 ? 0 : Math.min(2 ** (deaths - 2), LONGEST_BACK_OFF_SECONDS);
        const next = wait === 0 ? 'now' : `in ${wait} s`;
        options.note('warning', `worker ${worker.pid} ended with ${how}; another one ${next}`);
        await Promise.race([told, new Promise((resolve) => setTimeout(resolve, wait * 1000))]);
      }
    },
    passOn(signal) {
      if (signal === 'SIGHUP') renewals += 1;
      else paused = signal === 'SIGALRM';
      for (const worker of ready) worker.kill(signal);
    },
    leave(signal) {
      leaving = true;
      for (const worker of running) worker.kill(signal);
      return running.size;
    },
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
