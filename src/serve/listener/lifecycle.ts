// One serving process from its sockets to its end: it listens, says that it is ready, takes signals, and leaves with 0 when
// it was told to go. HUP: a new snapshot for new sessions, or a line in the log and the old one. ALRM: no new clients,
// CONT: new ones again (what daemontools' svc -a and -c send). TERM, INT: no new clients, idle ones are told 421,
// messages under way come to their end, within a time of grace; being told once more changes nothing.

import type { Bound, Listener, Serving } from '../../sys/index.ts';
import type { Notifier } from './ready.ts';
import type { RunningServer } from './server.ts';
import type { Snapshot } from './snapshot.ts';

/** Calls `action` whenever the signal comes. */
export type OnSignal = (signal: NodeJS.Signals, action: () => void) => void;

export interface Lifecycle {
  readonly onSignal: OnSignal;
  readonly server: RunningServer;
  readonly serving: Serving;
  readonly sockets: readonly Bound[];
  readonly backlog: number;
  /** Seconds for messages under way when it is time to go. */
  readonly grace: number;
  /** Takes a new snapshot. */
  readonly read: () => Promise<Snapshot | { readonly problem: string }>;
  /** control/ has the file that keeps new clients out. */
  readonly isHeldByControl: () => boolean;
  readonly note: (level: 'info' | 'warning', text: string) => void;
  readonly notifier: Notifier;
  /** Called once when clients can come. */
  readonly listening: () => void;
}

/** Seconds that connections get to close after the last word of the time of grace. */
export const CUT_OFF_SECONDS = 2;

/** @returns the exit status */
export async function live(life: Lifecycle): Promise<0 | 111> {
  const { server, note, notifier, onSignal } = life;
  const pause = pauses(life);
  // One after the other: what was read last has to be what counts in the end.
  let renewed = Promise.resolve();
  onSignal('SIGHUP', () => {
    renewed = renewed.then(() => renew(life)).then(pause.byControl);
  });
  onSignal('SIGALRM', () => pause.bySignal(true));
  onSignal('SIGCONT', () => pause.bySignal(false));
  const told = new Promise<string>((resolve) => {
    onSignal('SIGTERM', () => resolve('SIGTERM'));
    onSignal('SIGINT', () => resolve('SIGINT'));
  });
  pause.byControl();
  const problem = await listenEverywhere(life);
  if (problem !== null) {
    note('warning', problem);
    return 111;
  }
  life.listening();
  notifier.ready();
  const signal = await told;
  note('info', `${signal}: going down, ${server.connections()} connections`);
  notifier.stopping();
  await leave(life);
  return 0;
}

async function listenEverywhere({ serving, sockets, backlog, server }: Lifecycle): Promise<string | null> {
  for (const socket of sockets) {
    const isTls = socket.address.tls === true;
    const listener: Listener | { failure: string } = await serving.listen(socket, backlog, (connection) =>
      server.accept(connection, isTls),
    );
    if ('failure' in listener) return `cannot listen: ${listener.failure}`;
    server.attach(listener);
  }
  return null;
}

async function renew({ server, read, note, notifier }: Lifecycle): Promise<void> {
  notifier.reloading();
  const snapshot = await read().catch((error) => ({ problem: String(error) }));
  if ('problem' in snapshot) note('warning', `SIGHUP: keeping what was read before: ${snapshot.problem}`);
  else {
    server.renew(snapshot);
    note('info', 'SIGHUP: control files and rules read again');
  }
  notifier.ready();
}

function pauses({ server, note, isHeldByControl }: Lifecycle) {
  let signalled = false;
  let held = false;
  let before = false;
  const settle = (): void => {
    const now = signalled || held;
    server.setPaused(now);
    if (now !== before)
      note('info', now ? 'paused: new clients are told to come later' : 'taking new clients again');
    before = now;
  };
  return {
    bySignal(wanted: boolean): void {
      signalled = wanted;
      if (!wanted && held) note('info', 'still paused: control/servepaused is there');
      settle();
    },
    byControl(): void {
      held = isHeldByControl();
      settle();
    },
  };
}

async function leave({ server, grace, note }: Lifecycle): Promise<void> {
  const empty = server.drain();
  if (await within(grace, empty)) return;
  note('warning', `${server.connections()} connections cut off after ${grace} seconds`);
  server.cutOff();
  await within(CUT_OFF_SECONDS, empty);
}

/** Whether it is done in time; what is not goes on, and nobody waits for it. */
export async function within(seconds: number, done: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const inTime = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
