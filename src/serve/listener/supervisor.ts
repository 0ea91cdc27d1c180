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

export async function supervise(options: Supervision): Promise<0> {
  const { workers, note, notifier } = options;
  const running = new Set<WorkerProcess>();
  let leaving = false;
  let stop: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const keep = async (announce: () => void): Promise<void> => {
    for (let deaths = 0; !leaving; ) {
      const started = performance.now();
      const worker = options.serving.startWorker(options.args, options.sockets, options.env);
      running.add(worker);
      worker.ready.then((isReady) => isReady && announce());
      const how = await worker.ended;
      running.delete(worker);
      if (leaving) return;
      deaths = performance.now() - started > SETTLED_SECONDS * 1000 ? 1 : deaths + 1;
      const wait = deaths === 1 ? 0 : Math.min(2 ** (deaths - 2), LONGEST_BACK_OFF_SECONDS);
      note(
        'warning',
        `worker ${worker.pid} ended with ${how}; another one ${wait === 0 ? 'now' : `in ${wait} s`}`,
      );
      await Promise.race([told, new Promise((resolve) => setTimeout(resolve, wait * 1000))]);
    }
  };
  const tell = (signal: NodeJS.Signals): void => {
    for (const worker of running) worker.kill(signal);
  };
  for (const signal of ['SIGHUP', 'SIGALRM', 'SIGCONT'] as const) process.on(signal, () => tell(signal));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  let toCome = workers;
  const oneMore = (): void => {
    toCome -= 1;
    if (toCome > 0) return;
    options.listening();
    notifier.ready();
  };
  const kept = Array.from({ length: workers }, () => keep(once(oneMore)));
  await told;
  leaving = true;
  notifier.stopping();
  // While ours are open the kernel would go on taking connections.
  for (const socket of options.sockets) socket.release();
  tell('SIGTERM');
  const timer = setTimeout(() => {
    note('warning', `${running.size} workers killed: they did not go within ${options.patience} seconds`);
    tell('SIGKILL');
  }, options.patience * 1000);
  await Promise.all(kept);
  clearTimeout(timer);
  return 0;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
