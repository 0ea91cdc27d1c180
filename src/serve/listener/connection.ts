// One accepted connection from its first octet to its end: who it is (PROXY header, admission, names, rules of access), the
// environment tcpserver would have given it, and the session; another session when XCLIENT has told who the client
// really is. Whatever goes wrong ends this connection, is logged, and touches no other.

import type { LogContext } from '../../log/index.ts';
import { lateQueue } from '../../queue/index.ts';
import {
  type Channel,
  type Ending,
  type Handover,
  heloTold,
  type Secured,
  type Services,
  type SessionConfig,
  type SessionEvent,
  type StartedTls,
  session,
  type Told,
} from '../../session/index.ts';
import { type Reply, renderReply } from '../../smtp/index.ts';
import type { Connection, Endpoint } from '../../sys/index.ts';
import { type IpNetwork, isInNetwork, parseIp } from '../../text/index.ts';
import { channelBehind } from '../channel-behind.ts';
import type { Environment } from '../environment.ts';
import { openQueue } from '../queues.ts';
import { tlsFilesIn } from '../security.ts';
import { authenticatorOf, FAREWELL_SECONDS, ruledBy, type Security, servicesOf } from '../services.ts';
import { sayUnavailable } from '../stdio.ts';
import { connectionEnvironment, ownAndInherited } from './environment.ts';
import { readProxyHeader } from './read-proxy-header.ts';
import { LISTENER_REPLIES, type ListenerReplyName } from './replies.ts';
import type { Server } from './server.ts';
import type { Snapshot } from './snapshot.ts';

/** Seconds a proxy gets for its header. */
const PROXY_SECONDS = 10;

/** Sessions on one connection: a proxy may use several XCLIENT for one client. */
const MOST_SESSIONS = 10;

type Log = (event: SessionEvent) => void;

/** A client with whom a session can begin. */
interface Guest {
  readonly channel: Channel;
  readonly remote: Endpoint | null;
  readonly local: Endpoint | null;
  readonly host: string | null;
  readonly info: string | null;
  readonly localHost: string | null;
  /** Connections of its address at the moment. */
  readonly connections: number;
  readonly earlyTalker: boolean;
  /** Its word about its own client is taken (XCLIENT). */
  readonly isProxy: boolean;
  /** What it has said so far. */
  readonly told: Told;
  /** TLS that is on already. */
  readonly secured: Secured | null;
}

export interface Accepted {
  readonly connection: Connection;
  /** It begins with TLS. */
  readonly isTls: boolean;
  readonly number: number;
}

/** Never rejects. Resolves when the session is over; the socket may live some seconds longer. */
export function attend(accepted: Accepted, server: Server): Promise<void> {
  const { connection, isTls, number } = accepted;
  const { remote } = connection;
  const context = { pid: `${process.pid}.${number}`, host: 'unknown', ...endIn(remote) };
  return receive(accepted, server, context)
    .catch((error) => {
      server.log.of(context)({ event: 'fault', why: String((error as Error | null)?.stack ?? error) });
      // A session answers for its own faults, so this one is of before, and nobody has been greeted.
      return sayGoodbye(isTls ? null : connection.channel, server, context, 'fault');
    })
    .then(() => connection.close(FAREWELL_SECONDS));
}

// An idle connection holds every function that waits for its session: there are no more of them than it takes.
async function receive({ connection, isTls }: Accepted, server: Server, context: LogContext): Promise<void> {
  const arrival = await arrivalOf(connection, server);
  if ('problem' in arrival) {
    server.log.of(context)({ event: 'fault', why: arrival.problem });
    return;
  }
  const { channel, remote } = arrival;
  const known: LogContext = { ...context, ...endIn(remote) };
  // Whoever waits for a handshake understands no reply.
  const mouth = isTls ? null : channel;
  const obstacle = server.obstacle();
  if (obstacle !== null) return sayGoodbye(mouth, server, known, obstacle);
  const admitted = server.admission.admit(remote?.address ?? null);
  if (admitted.kind === 'refused') return sayGoodbye(mouth, server, known, admitted.rule);
  try {
    if (!isTls) return await welcome({ ...arrival, secured: null }, admitted.connections, server, known);
    const started = await handshake(channel, server, known);
    if (started === null) return;
    const secured = { ...arrival, channel: started.channel, secured: started };
    await welcome(secured, admitted.connections, server, known);
    await started.close();
  } finally {
    admitted.release();
  }
}

function endIn(remote: Endpoint | null): Pick<LogContext, 'ip' | 'port'> {
  return remote === null ? { ip: 'unknown' } : { ip: remote.address, port: String(remote.port) };
}

/** null: there is none, and the log knows why. */
async function handshake(channel: Channel, server: Server, context: LogContext): Promise<StartedTls | null> {
  const { home } = server.options;
  const ready = await server.tls(server.snapshot().tlsFiles ?? tlsFilesIn(home ?? '.'));
  const started = 'problem' in ready ? { failure: ready.problem } : await ready.start(channel);
  const log = server.log.of(context);
  if ('failure' in started) {
    log({ event: 'tls', result: 'failed', why: started.failure });
    return null;
  }
  const { version, cipher, sni, subject } = started.facts;
  log({ event: 'tls', result: 'ok', version, cipher, sni, subject });
  return started;
}

async function welcome(
  arrival: Arrival,
  connections: number,
  server: Server,
  context: LogContext,
): Promise<void> {
  const guest = await meet(arrival, connections, server);
  if (guest === 'left') return;
  if (typeof guest === 'string') await sayGoodbye(arrival.channel, server, context, guest);
  else await converse(guest, server, context);
}

type Arrival = Pick<Guest, 'channel' | 'remote' | 'local' | 'isProxy' | 'secured'>;

/** The ends of the connection, or what a proxy that we trust says of them. */
async function arrivalOf(
  { channel, remote, local }: Connection,
  { options }: Server,
): Promise<Omit<Arrival, 'secured'> | { readonly problem: string }> {
  const { proxyFrom, xclientFrom } = options;
  const itself = { channel, remote, local, isProxy: isAmong(remote, xclientFrom) };
  if (!isAmong(remote, proxyFrom)) return itself;
  const header = await readProxyHeader(channel, PROXY_SECONDS);
  if ('problem' in header) return header;
  const behind = channelBehind(channel, header.rest);
  if (header.connection === 'own') return { ...itself, channel: behind };
  // Whoever that is, it has none of the proxy's rights.
  if (header.connection === 'unknown') return { channel: behind, remote: null, local, isProxy: false };
  const { source, destination } = header.connection;
  return { channel: behind, remote: source, local: destination, isProxy: isAmong(source, xclientFrom) };
}

/** A client of a unix socket is a neighbour whom its owner has let in. */
function isAmong(remote: Endpoint | null, networks: readonly IpNetwork[]): boolean {
  if (networks.length === 0) return false;
  if (remote === null) return true;
  const octets = parseIp(remote.address);
  return octets !== null && networks.some((network) => isInNetwork(octets, network));
}

/** Names are looked up while the client is made to wait for its greeting. */
async function meet(
  arrival: Arrival,
  connections: number,
  server: Server,
): Promise<Guest | 'left' | ListenerReplyName> {
  const { greetDelay, earlyTalkers } = server.options;
  const looking = server.lookUp(arrival);
  const waited = greetDelay > 0 ? await arrival.channel.read(greetDelay, true) : 'timeout';
  const names = await looking;
  if (waited === 'end') return 'left';
  if (waited === 'closing') return 'closing';
  const earlyTalker = waited !== 'timeout';
  if (earlyTalker && earlyTalkers === 'refuse') return 'earlyTalker';
  const channel = earlyTalker ? channelBehind(arrival.channel, waited) : arrival.channel;
  return { ...arrival, ...names, channel, connections, earlyTalker, told: NOTHING_TOLD };
}

const NOTHING_TOLD: Told = {};

async function converse(first: Guest, server: Server, context: LogContext): Promise<void> {
  let guest: Guest | null = first;
  /** TLS that a proxy has started before it named its client. */
  let started: StartedTls | null = null;
  for (let sessions = 0; guest !== null && sessions < MOST_SESSIONS; sessions += 1) {
    const snapshot = server.snapshot();
    snapshot.hold();
    try {
      const ready = await readyFor(guest, server, snapshot, context);
      if (ready === null) return;
      try {
        const { handover }: Ending = await session(ready.config, ready.services);
        started = handover?.started ?? started;
        guest = handover === null ? null : behindProxy(guest, handover);
      } finally {
        ready.close();
      }
    } finally {
      snapshot.release();
    }
  }
  await started?.close();
}

interface Ready {
  readonly config: SessionConfig;
  readonly services: Services;
  close(): void;
}

/** null: there can be no session, and the client has been told. */
async function readyFor(
  guest: Guest,
  server: Server,
  snapshot: Snapshot,
  context: LogContext,
): Promise<Ready | null> {
  const { remote, host, channel } = guest;
  const known = { ...context, ...endIn(remote), host: host ?? 'unknown' };
  const log = server.log.of(known);
  const granted = environmentFor(guest, server, snapshot);
  if ('refusal' in granted) {
    if (granted.why !== null) log({ event: 'fault', why: granted.why });
    await sayGoodbye(channel, server, known, granted.refusal);
    return null;
  }
  const ruled = await underRules(guest, server, snapshot, { env: granted.env, log, id: context.pid });
  if (ruled === null) return null;
  const { options, spawn, openSpool } = server;
  const where = { home: options.home, env: granted.env, hostName: ruled.config.hostName };
  const queue = lateQueue({
    open: async () =>
      (await openQueue(options.queue, { ...where, spawn, seconds: options.queueTimeout })).open(),
  });
  const { passwords } = snapshot.prepared;
  const security: Security = {
    tls: server.tls,
    authenticator: () => authenticatorOf(passwords, ownAndInherited(granted.env)),
  };
  return {
    ...ruled,
    services: servicesOf({ channel, queue, spool: openSpool, log }, security, where),
  };
}

type Granted =
  | { readonly env: Environment }
  | { readonly refusal: ListenerReplyName; readonly why: string | null };

function environmentFor(guest: Guest, { baseEnvironment }: Server, { access }: Snapshot): Granted {
  const { remote, host, info, localHost } = guest;
  const verdict = access?.verdict({ ip: remote?.address ?? null, host, info });
  if (verdict?.kind === 'broken') return { refusal: 'access', why: `rules of access: ${verdict.reason}` };
  if (verdict?.kind === 'deny') return { refusal: 'denied', why: null };
  const variables = verdict?.variables ?? [];
  return { env: connectionEnvironment(baseEnvironment, guest, { localHost, variables }) };
}

const NOTHING_TO_CLOSE = (): void => {};

/** The configuration with the policy of its rules; null: they are broken, and the client has been told. */
async function underRules(
  guest: Guest,
  { options }: Server,
  { prepared, rules }: Snapshot,
  { env, id, log }: { env: Environment; id: number | string; log: Log },
): Promise<Pick<Ready, 'config' | 'close'> | null> {
  const configured = prepared.forClient(env);
  const told = { xclient: guest.isProxy, helo: heloTold(guest.told), secured: guest.secured };
  if (rules === null) return { config: { ...configured, ...told }, close: NOTHING_TO_CLOSE };
  const opened = await rules.openPolicy(rules.program, {
    home: options.home ?? '.',
    config: configured,
    controls: configured.controls,
    env,
    version: options.version,
    now: Date.now,
    log,
    id: `${Date.now()}.${id}`,
    connection: { connections: guest.connections, earlyTalker: guest.earlyTalker },
  });
  if ('problem' in opened) {
    log({ event: 'fault', why: opened.problem });
    await sayUnavailable(guest.channel, options.profile);
    return null;
  }
  return { config: { ...ruledBy(configured, opened), ...told }, close: opened.close };
}

/** The client whom a proxy has named; what it has not mentioned stays as it is, but the proxy's own name is no client's. */
function behindProxy(guest: Guest, { told, rest, channel, secured }: Handover): Guest {
  const end = (before: Endpoint | null, address?: string | null, port?: string | null): Endpoint | null => {
    const known = address === undefined ? (before?.address ?? null) : address;
    return known === null ? null : { address: known, port: Number(port ?? before?.port ?? 0) };
  };
  const allTold = { ...guest.told, ...told };
  const unnamed = allTold.ADDR === undefined ? guest.host : null;
  return {
    ...guest,
    channel: channelBehind(channel, rest),
    secured,
    remote: end(guest.remote, told.ADDR, told.PORT),
    local: end(guest.local, told.DESTADDR, told.DESTPORT),
    host: allTold.NAME === undefined ? unnamed : allTold.NAME,
    info: null,
    // Once it has named its client, that one may be talking, and is no proxy of ours.
    isProxy: guest.isProxy && told.ADDR === undefined,
    told: allTold,
  };
}

/** @param channel null: there is no way to tell the client */
async function sayGoodbye(
  channel: Channel | null,
  { options, log }: Server,
  context: LogContext,
  name: ListenerReplyName,
): Promise<void> {
  const reply: Reply = LISTENER_REPLIES[name];
  log.of(context)({ event: 'refused', stage: 'connect', code: reply.code, rule: name, argument: '' });
  // tcpserver says nothing to whom its rules deny.
  if (channel === null || (name === 'denied' && !options.profile.strict)) return;
  await channel.write(renderReply(reply, options.profile.dialect), FAREWELL_SECONDS);
}
