// What the connections of one process share, and the state of that process: which snapshot is in force, whether new clients are
// taken, who is here. It knows no signals; lifecycle.ts does.

import type { Profile, Spool } from '../../session/index.ts';
import type { Child, Connection, Listener, SpawnFailure, SpawnOptions } from '../../sys/index.ts';
import type { IpNetwork } from '../../text/index.ts';
import type { Environment } from '../environment.ts';
import type { QueueChoice } from '../queues.ts';
import type { Security } from '../services.ts';
import type { Admissions } from './admission.ts';
import { attend } from './connection.ts';
import { ownAndInherited } from './environment.ts';
import type { LogLines } from './log-lines.ts';
import type { LookUp } from './look-up.ts';
import type { ListenerReplyName } from './replies.ts';
import type { Snapshot } from './snapshot.ts';

export interface ServerOptions {
  readonly profile: Profile;
  /** qmail's home; null for a host without one. */
  readonly home: string | null;
  readonly queue: QueueChoice;
  readonly version: string;
  /** Who speaks the PROXY protocol to us, and who may send XCLIENT. */
  readonly proxyFrom: readonly IpNetwork[];
  readonly xclientFrom: readonly IpNetwork[];
  /** Seconds before the greeting. */
  readonly greetDelay: number;
  readonly earlyTalkers: 'refuse' | 'note';
  /** Seconds after which a queue program that has the whole message is ended. */
  readonly queueTimeout: number;
  /** A line about every connection that comes and goes. */
  readonly status: boolean;
  /** Connections at one time, for the status. */
  readonly total: number;
}

export interface ServerParts {
  readonly options: ServerOptions;
  readonly admission: Admissions;
  readonly log: LogLines;
  /** What the listener has to say of itself. */
  readonly note: (level: 'info' | 'warning', text: string) => void;
  readonly lookUp: LookUp;
  /** TLS with one store of certificates for all. */
  readonly tls: Security['tls'];
  readonly baseEnvironment: Environment;
  readonly spawn: (options: SpawnOptions) => Promise<Child | SpawnFailure>;
  readonly openSpool: () => Spool;
  readonly descriptorLimit: number;
}

export interface Server extends Omit<ServerParts, 'descriptorLimit'> {
  /** The one in force: what a session that begins now goes by. */
  snapshot(): Snapshot;
  /** Why nobody new is taken just now; null when there is no such reason. */
  obstacle(): ListenerReplyName | null;
}

export interface RunningServer {
  /** @param isTls it begins with TLS */
  accept(connection: Connection, isTls?: boolean): void;
  /** The sockets that connections come from, to be left alone when descriptors run short. */
  attach(listener: Listener): void;
  /** From now on sessions begin with this one. */
  renew(snapshot: Snapshot): void;
  setPaused(paused: boolean): void;
  /** No new connections; who is between two commands is told to go. Resolves when nobody is left. */
  drain(): Promise<void>;
  /** Ends every connection. */
  cutOff(): void;
  connections(): number;
  /** Queue programs at work. */
  handOffs(): number;
}

/** Descriptors for files, pipes to come and the log, besides connections. */
const RESERVED_DESCRIPTORS = 64;
/** What one hand-off holds at a time: two pipes of which the child has the other ends, its text, the process. */
const DESCRIPTORS_PER_HAND_OFF = 6;
/** What the look-ups about one client hold at a time, as a rule: a socket each for its name, its user and our own name. */
const DESCRIPTORS_PER_LOOK_UP = 3;
/**
 * Of all descriptors so many at most are for clients who have heard the last word and do not close. They are counted by no
 * limit of admission, so without this whoever is refused for coming too often could come until there are none left.
 */
const PART_FOR_LEAVING = 1 / 8;
/** Until a listener is asked again that could not go on although nobody is here: the whole system is short of something. */
const RETRY_MS = 1000;
/** Descriptors that have to be free again before connections are taken again. */
const ROOM_TO_RESUME = 16;
/** Clients for whom there is no room who may hear so; for more of them at a time we would run out of descriptors. */
const MOST_TURNED_AWAY = 16;

export function openServer(parts: ServerParts, first: Snapshot): RunningServer {
  const { note, options } = parts;
  const here = new Set<Connection>();
  /** Those of them whose session is over, the first one first. */
  const leaving = new Set<Connection>();
  const mostLeaving = Math.ceil(parts.descriptorLimit * PART_FOR_LEAVING);
  const listeners: Listener[] = [];
  let snapshot = first;
  let paused = false;
  let draining = false;
  let short: 'no' | 'held back' | 'turned away' = 'no';
  let handOffs = 0;
  /** Queue programs that had to be ended. */
  let overdue = 0;
  let lookUps = 0;
  let number = 0;
  let isTryingAgain = false;
  let whenEmpty: () => void = () => {};

  const room = (): number =>
    parts.descriptorLimit -
    RESERVED_DESCRIPTORS -
    here.size -
    DESCRIPTORS_PER_HAND_OFF * handOffs -
    DESCRIPTORS_PER_LOOK_UP * lookUps;
  const holdBack = (): void => {
    if (short !== 'no' || room() > 0) return;
    const held = listeners.map((listener) => listener.pause()).every(Boolean);
    short = held ? 'held back' : 'turned away';
    note('warning', `out of descriptors with ${here.size} connections: no new ones until some are free`);
  };
  const resume = (): void => {
    // With few descriptors there is never so much room, and when nobody is here there is all there can be.
    const isRoom = room() >= ROOM_TO_RESUME || here.size + handOffs === 0;
    if (short === 'no' || draining || !isRoom) return;
    // One that cannot take connections yet keeps us trying, whenever another descriptor is free, and when none of ours will be.
    if (listeners.map((listener) => listener.resume()).every(Boolean)) short = 'no';
    else if (here.size + handOffs === 0 && !isTryingAgain) {
      isTryingAgain = true;
      setTimeout(tryAgain, RETRY_MS);
    }
  };
  const tryAgain = (): void => {
    isTryingAgain = false;
    resume();
  };
  const status = (): void => {
    if (options.status) note('info', `status: ${here.size}/${options.total}`);
  };
  const gone = (connection: Connection): void => {
    here.delete(connection);
    leaving.delete(connection);
    status();
    resume();
    if (here.size === 0) whenEmpty();
  };

  const leave = (connection: Connection): void => {
    if (!here.has(connection)) return;
    leaving.add(connection);
    const [first] = leaving;
    if (first === undefined || leaving.size <= mostLeaving) return;
    leaving.delete(first);
    first.destroy();
  };

  const server: Server = {
    ...parts,
    async lookUp(ends) {
      lookUps += 1;
      try {
        return await parts.lookUp(ends);
      } finally {
        lookUps -= 1;
        resume();
      }
    },
    async spawn(what) {
      handOffs += 1;
      const done = (): void => {
        handOffs -= 1;
        resume();
      };
      try {
        const child = await parts.spawn({ ...what, env: ownAndInherited(what.env) });
        if ('failure' in child) {
          done();
          return child;
        }
        child.ended.then(done);
        return {
          ...child,
          kill() {
            overdue += 1;
            note(
              'warning',
              `queue program ${child.pid} ended for taking too long, number ${overdue} of such`,
            );
            child.kill();
          },
        };
      } catch (error) {
        done();
        throw error;
      }
    },
    snapshot: () => snapshot,
    obstacle() {
      if (draining) return 'closing';
      if (paused) return 'paused';
      return short === 'turned away' ? 'descriptors' : null;
    },
  };

  return {
    accept(connection, isTls = false) {
      here.add(connection);
      number += 1;
      status();
      connection.onClosed(gone);
      if (short === 'turned away' && room() < -MOST_TURNED_AWAY) {
        connection.destroy();
        return;
      }
      attend({ connection, isTls, number }, server).then(() => leave(connection));
      holdBack();
    },
    attach: (listener) => void listeners.push(listener),
    renew(next) {
      const before = snapshot;
      snapshot = next;
      before.retire();
    },
    setPaused(wanted) {
      paused = wanted;
    },
    async drain() {
      draining = true;
      for (const listener of listeners) listener.close();
      for (const connection of here) connection.goingDown();
      if (here.size === 0) return;
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
    },
    cutOff() {
      for (const connection of here) connection.destroy();
    },
    connections: () => here.size,
    handOffs: () => handOffs,
  };
}
