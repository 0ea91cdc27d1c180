// A supervisor whose workers are plain data and whose clock a test moves: when workers are replaced, which signals they get, also
// those that began to listen too late for one, and how it all ends.

import { describe, expect, it } from 'vitest';
import type { Bound, WorkerProcess } from '../../sys/index.ts';
import { supervise } from './supervisor.ts';

interface FakeWorker extends WorkerProcess {
  readonly signals: readonly string[];
  /** It listens; or it has ended without. */
  listens(): Promise<void>;
  ends(how?: string): Promise<void>;
}

/** Everything that follows from what has happened has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function fakeWorker(pid: number): FakeWorker {
  const signals: string[] = [];
  let resolveReady: (isReady: boolean) => void = () => {};
  let resolveEnded: (how: string) => void = () => {};
  return {
    pid,
    signals,
    kill: (signal) => void signals.push(signal),
    ready: new Promise((resolve) => {
      resolveReady = resolve;
    }),
    ended: new Promise((resolve) => {
      resolveEnded = resolve;
    }),
    listens() {
      resolveReady(true);
      return settled();
    },
    ends(how = 'exit 1') {
      resolveReady(false);
      resolveEnded(how);
      return settled();
    },
  };
}

function supervised(workers: number) {
  const told: string[] = [];
  const crew: FakeWorker[] = [];
  const actions = new Map<string, () => void>();
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  let now = 0;
  const tell = (what: string) => (): void => void told.push(what);
  const sockets = [{ descriptor: 64, release: tell('release') }] as unknown as readonly Bound[];
  const exit = supervise({
    onSignal: (signal, action) => void actions.set(signal, action),
    serving: {
      startWorker(args, given, env) {
        expect([args, given, env]).toEqual([['serve', '25'], sockets, { A: 'b' }]);
        const worker = fakeWorker(100 + crew.length);
        crew.push(worker);
        return worker;
      },
    },
    sockets,
    workers,
    args: ['serve', '25'],
    env: { A: 'b' },
    patience: 75,
    clock: () => now,
    after(seconds, action) {
      const timer = { at: now + seconds * 1000, action };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    // That a worker takes clients is said too, and is no news here.
    note: (level, text) => void (level === 'warning' && told.push(text)),
    notifier: { ready: tell('READY'), reloading: tell('RELOADING'), stopping: tell('STOPPING'), status() {} },
    listening: tell('listening'),
  });
  return {
    exit,
    told,
    crew,
    worker: (index: number): FakeWorker => crew[index] as FakeWorker,
    send: (signal: NodeJS.Signals): void => actions.get(signal)?.(),
    pass(seconds: number): Promise<void> {
      now += seconds * 1000;
      for (const timer of timers) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.action();
      }
      return settled();
    },
  };
}

it('says that clients can come when all workers listen', async () => {
  const { told, crew, worker } = supervised(2);
  expect(crew).toHaveLength(2);
  await worker(1).listens();
  expect(told).toEqual([]);
  await worker(0).listens();
  expect(told).toEqual(['listening', 'READY']);
});

it('does not say so when one has died before it listened', async () => {
  const { told, worker, pass } = supervised(2);
  await worker(0).listens();
  await worker(1).ends();
  await pass(0);
  expect(told).toEqual(['worker 101 ended with exit 1; another one now']);
  await worker(2).listens();
  expect(told.slice(1)).toEqual(['listening', 'READY']);
});

describe('a worker that dies', () => {
  it('is replaced at once, and later and later if it goes on dying', async () => {
    const { told, crew, worker, pass } = supervised(1);
    await worker(0).listens();
    told.length = 0;
    const waits = [0, 1, 2, 4, 8, 16, 32, 60, 60];
    for (const [index, wait] of waits.entries()) {
      await worker(index).ends('signal SIGSEGV');
      if (wait > 0) {
        await pass(wait - 0.5);
        expect(crew).toHaveLength(index + 1);
      }
      await pass(0.5);
      expect(crew).toHaveLength(index + 2);
    }
    expect(
      told.map((line) => line.replace(/^worker \d+ ended with signal SIGSEGV; another one /, '')),
    ).toEqual(waits.map((wait) => (wait === 0 ? 'now' : `in ${wait} s`)));
  });

  it('has died of something new when it has lived for long', async () => {
    const { told, worker, pass } = supervised(1);
    await worker(0).listens();
    await worker(0).ends();
    await pass(0);
    await worker(1).ends();
    await pass(1);
    await pass(61);
    await worker(2).ends();
    expect(told.at(-1)).toBe('worker 102 ended with exit 1; another one now');
  });

  it('concerns no other', async () => {
    const { crew, worker, pass } = supervised(3);
    await worker(0).listens();
    await worker(1).ends();
    await pass(0);
    expect(crew).toHaveLength(4);
    expect(crew.flatMap(({ signals }) => signals)).toEqual([]);
  });
});

describe('signals', () => {
  it('are passed on to all who listen', async () => {
    const { worker, send } = supervised(2);
    await worker(0).listens();
    await worker(1).listens();
    for (const signal of ['SIGHUP', 'SIGALRM', 'SIGCONT'] as const) send(signal);
    for (const index of [0, 1]) expect(worker(index).signals).toEqual(['SIGHUP', 'SIGALRM', 'SIGCONT']);
  });

  it('a reload is told to a supervisor of ours that knows of clients already', async () => {
    const { told, worker, send } = supervised(1);
    send('SIGHUP');
    expect(told).toEqual([]);
    await worker(0).listens();
    send('SIGHUP');
    expect(told).toEqual(['listening', 'READY', 'RELOADING', 'READY']);
  });

  it('are kept for one who does not listen yet, and would die of them', async () => {
    const { worker, send } = supervised(1);
    send('SIGHUP');
    send('SIGHUP');
    send('SIGALRM');
    expect(worker(0).signals).toEqual([]);
    await worker(0).listens();
    expect(worker(0).signals).toEqual(['SIGALRM', 'SIGHUP']);
  });

  it('a pause holds for a worker that takes the place of another, and a reload is over for it', async () => {
    const { worker, send, pass } = supervised(1);
    await worker(0).listens();
    send('SIGHUP');
    send('SIGALRM');
    await worker(0).ends();
    await pass(0);
    await worker(1).listens();
    expect(worker(1).signals).toEqual(['SIGALRM']);
    send('SIGCONT');
    await worker(1).ends();
    await pass(1);
    await worker(2).listens();
    expect(worker(2).signals).toEqual([]);
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('comes with %s, when all workers have gone', async (signal) => {
    const { exit, told, crew, worker, send } = supervised(2);
    await worker(0).listens();
    send(signal);
    await settled();
    for (const index of [0, 1]) expect(worker(index).signals).toEqual(['SIGTERM']);
    await worker(0).ends('exit 0');
    expect(told).toEqual(['STOPPING', 'release']);
    await worker(1).ends('exit 0');
    expect(await exit).toBe(0);
    expect(crew).toHaveLength(2);
    expect(told).toEqual(['STOPPING', 'release']);
  });

  it('does not wait for a worker that was about to be replaced', async () => {
    const { exit, crew, worker, send, pass } = supervised(1);
    await worker(0).listens();
    await worker(0).ends();
    await pass(0);
    await worker(1).ends();
    send('SIGTERM');
    expect(await exit).toBe(0);
    expect(crew).toHaveLength(2);
  });

  it('comes by itself, with a failure, when no worker has ever listened', async () => {
    const { exit, crew, worker } = supervised(2);
    await worker(0).ends('exit 111');
    expect(worker(1).signals).toEqual(['SIGTERM']);
    await worker(1).ends('exit 111');
    expect(await exit).toBe(111);
    expect(crew).toHaveLength(2);
  });

  it('is hastened for those who take too long', async () => {
    const { exit, told, worker, send, pass } = supervised(2);
    send('SIGTERM');
    await settled();
    await worker(0).ends('exit 0');
    await pass(74);
    expect(worker(1).signals).toEqual(['SIGTERM']);
    await pass(1);
    expect(worker(1).signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(told).toEqual(['STOPPING', 'release', '1 workers killed: they did not go within 75 seconds']);
    await worker(1).ends('signal SIGKILL');
    expect(await exit).toBe(0);
  });
});
