// What the parts of a listener are tried with, without a socket: connections that follow a script, a server whose parts do the
// least, and a snapshot that tells whether it is still held.

import { logLine } from '../../src/log/index.ts';
import { prepare } from '../../src/serve/configure.ts';
import type { Server, ServerOptions, ServerParts } from '../../src/serve/listener/server.ts';
import type { Snapshot } from '../../src/serve/listener/snapshot.ts';
import { MVMTR, type Profile } from '../../src/session/index.ts';
import type { Connection, Endpoint } from '../../src/sys/index.ts';
import { toOctets } from '../../src/text/index.ts';
import { NO_RULES } from './services.ts';

/** What one read of the channel comes to: octets, or what else a read can be. */
export type ScriptedRead = { readonly octets: string } | 'end' | 'timeout' | 'closing';

export const says = (octets: string): ScriptedRead => ({ octets });

export interface ScriptedConnection extends Connection {
  /** Everything that was written. */
  said(): string;
  /** How it was ended: 'close', 'destroy' or not yet: null. */
  ended(): 'close' | 'destroy' | null;
  /** Resolves when it was. */
  readonly over: Promise<void>;
  /** The client goes, or says more. */
  leave(): void;
  say(octets: string): void;
  /** Resolves when the session waits for the client. */
  isAwaited(): Promise<void>;
}

export interface Script {
  readonly reads?: readonly ScriptedRead[];
  /** The client stays when it has said all of it; otherwise it ends. */
  readonly stays?: boolean;
  /** The client does not close its side when the session has closed ours. */
  readonly lingers?: boolean;
  readonly remote?: Endpoint | null;
  readonly local?: Endpoint | null;
}

export const REMOTE: Endpoint = { address: '203.0.113.9', port: 40_000 };
export const LOCAL: Endpoint = { address: '192.0.2.25', port: 25 };

type Read = Uint8Array | 'end' | 'timeout' | 'closing';

export function connection({
  reads = [],
  stays = false,
  lingers = false,
  remote = REMOTE,
  local = LOCAL,
}: Script = {}): ScriptedConnection {
  const script = [...reads];
  let said = '';
  let ended: 'close' | 'destroy' | null = null;
  let isGoingDown = false;
  let reader: { readonly resolve: (read: Read) => void; readonly between: boolean } | null = null;
  let awaited: () => void = () => {};
  let resolveOver: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    resolveOver = resolve;
  });
  let closed: (connection: Connection) => void = () => {};
  const answer = (read: Read): void => {
    reader?.resolve(read);
    reader = null;
  };
  const end = (how: 'close' | 'destroy') => (): void => {
    if (ended === 'destroy' || ended === how) return;
    ended = how;
    answer('end');
    resolveOver();
    if (how === 'destroy' || !lingers) closed(self);
  };
  const self: ScriptedConnection = {
    remote,
    local,
    channel: {
      read(_seconds, between = false) {
        const next = script.shift();
        if (next !== undefined)
          return Promise.resolve(typeof next === 'string' ? next : toOctets(next.octets));
        if (isGoingDown && between) return Promise.resolve('closing');
        if (!stays || ended !== null) return Promise.resolve('end');
        return new Promise((resolve) => {
          reader = { resolve, between };
          awaited();
        });
      },
      write(octets) {
        said += octets;
        return true;
      },
    },
    goingDown() {
      isGoingDown = true;
      if (reader?.between) answer('closing');
    },
    close: end('close'),
    destroy: end('destroy'),
    onClosed(listener) {
      closed = listener;
      if (ended === 'destroy' || (ended !== null && !lingers)) listener(self);
    },
    said: () => said,
    ended: () => ended,
    over,
    leave: () => answer('end'),
    say: (octets) => answer(toOctets(octets)),
    isAwaited: () =>
      new Promise((resolve) => {
        awaited = resolve;
        if (reader !== null) resolve();
      }),
  };
  return self;
}

export interface CountedSnapshot extends Snapshot {
  /** Sessions that go by it. */
  held(): number;
  retired(): boolean;
}

/** Without control files, rules, or rules of access, unless something else is said. */
export function snapshot(more: Partial<Snapshot> & { readonly profile?: Profile } = {}): CountedSnapshot {
  const prepared = prepare({ profile: MVMTR, home: null, hostName: 'mx.example.com', ...more });
  if ('fault' in prepared) throw new Error(prepared.reason);
  let held = 0;
  let retired = false;
  return {
    prepared,
    tlsFiles: null,
    rules: null,
    access: null,
    ...more,
    hold() {
      held += 1;
    },
    release() {
      held -= 1;
    },
    retire() {
      retired = true;
    },
    held: () => held,
    retired: () => retired,
  };
}

export const OPTIONS: ServerOptions = {
  profile: MVMTR,
  home: null,
  queue: { kind: 'qmail' },
  version: 'test',
  proxyFrom: [],
  xclientFrom: [],
  greetDelay: 0,
  earlyTalkers: 'refuse',
  queueTimeout: 60,
  status: false,
  total: 40,
};

export interface Recorded {
  /** Lines of the sessions' log, and what the listener says of itself. */
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

/** Parts that admit everybody, look nothing up, and queue nothing. */
export function serverParts(options: Partial<ServerOptions> = {}): ServerParts & Recorded {
  const lines: string[] = [];
  const notes: string[] = [];
  return {
    lines,
    notes,
    options: { ...OPTIONS, ...options },
    admission: {
      admit: () => ({ kind: 'admitted', connections: 1, release() {} }),
      running: () => 0,
    },
    log: {
      of: (context) => (event) =>
        void lines.push(logLine({ ...context, pid: 1 }, event).replace('mvmtr[1] ', '')),
      flush() {},
    },
    note: (_, text) => void notes.push(text),
    lookUp: async () => ({ host: 'client.example.net', info: null, localHost: 'mx.example.com' }),
    tls: NO_RULES.tls,
    baseEnvironment: {},
    spawn: async () => ({ failure: 'not-executable', reason: 'ENOENT' }),
    openSpool: NO_RULES.spool,
    descriptorLimit: 1024,
  };
}

/** What one connection sees of a server: these parts, and one snapshot that stays. */
export function serverOf(
  parts: ServerParts,
  { first = snapshot(), obstacle = () => null }: { first?: Snapshot; obstacle?: Server['obstacle'] } = {},
): Server {
  return { ...parts, snapshot: () => first, obstacle };
}
