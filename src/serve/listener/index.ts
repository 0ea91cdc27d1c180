// The door to `mvmtr serve`: from its command line to a running listener, or a supervisor of several. What is wrong with the
// command line, with an address or with the configuration is said in one line, with exit status 100 (a mistake) or 111
// (trouble that may pass), as tcpserver has it.

import { existsSync, writeSync } from 'node:fs';
import { type Resolver, stubResolver } from '../../dns/index.ts';
import { writeLine } from '../../log/index.ts';
import { openSpool } from '../../queue/index.ts';
import { MVMTR, STOCK } from '../../session/index.ts';
import {
  type Bound,
  type ListenAddress,
  loadServing,
  type Serving,
  type SpawnOptions,
  sys,
} from '../../sys/index.ts';
import type { Environment } from '../environment.ts';
import { homeOf } from '../home.ts';
import { queueProgram } from '../queues.ts';
import { nameServers } from '../rules/name-servers.ts';
import { ACTIVATION_VARIABLES, activatedSockets } from './activation.ts';
import { findOverlap, listenAddressText, parseListenAddress, readServices } from './addresses.ts';
import { openAdmission } from './admission.ts';
import { baseEnvironment, connectionEnvironment, ownAndInherited } from './environment.ts';
import { SERVE_HELP } from './help.ts';
import { CUT_OFF_SECONDS, live, type OnSignal, within } from './lifecycle.ts';
import { openLoadAverage } from './load-average.ts';
import { type LogLines, OWN_LINES, openLogLines, standardError } from './log-lines.ts';
import { openLookUp } from './look-up.ts';
import { dropPrivileges, privilegesOfEnvironment } from './privileges.ts';
import { NOTIFY_VARIABLES, type Notifier, notifier } from './ready.ts';
import { type ServeOptions, serveOptions } from './serve-options.ts';
import { openServer, type ServerOptions, type ServerParts } from './server.ts';
import { type Snapshot, type SnapshotSource, takeSnapshot } from './snapshot.ts';
import { supervise } from './supervisor.ts';

const EXIT_USAGE = 100;
const EXIT_FAULT = 111;

/** Set for workers: a word for each of the sockets they find at descriptors 3, 4, …, "plain" or "tls". */
const WORKER_VARIABLE = 'MVMTR_WORKER_SOCKETS';

/** Seconds a worker gets beyond the time of grace: it gives its connections some to close, and then its queue programs as many. */
const WORKER_PATIENCE = 2 * CUT_OFF_SECONDS + 1;

/** A mistake or a trouble that ends the start, for the administrator. */
interface Obstacle {
  readonly problem: string;
  readonly exit: typeof EXIT_USAGE | typeof EXIT_FAULT;
}

const mistake = (problem: string): Obstacle => ({ problem, exit: EXIT_USAGE });
const trouble = (problem: string): Obstacle => ({ problem, exit: EXIT_FAULT });

/** `argv` is what follows "serve" on the command line. Resolves with the exit status. */
export async function serve(argv: readonly string[], version: string): Promise<number> {
  const options = serveOptions(argv);
  if ('help' in options) {
    writeSync(1, SERVE_HELP);
    return 0;
  }
  const started = 'usage' in options ? mistake(options.usage) : await start(options, argv, version);
  if (typeof started === 'number') return started;
  writeLine(`mvmtr serve: ${started.problem.replace(/[\x00-\x1f\x7f]+/g, ' ')}`);
  return started.exit;
}

async function start(
  options: ServeOptions,
  argv: readonly string[],
  version: string,
): Promise<number | Obstacle> {
  const serving = await loadServing();
  const { env } = process;
  const isWorker = env[WORKER_VARIABLE] !== undefined;
  const sockets = await openSockets(options, serving.serving);
  if ('problem' in sockets) return sockets;
  const log = openLogLines(standardError(options.readyDescriptor));
  if (!isWorker) {
    const obstacle = dropTo(options);
    if (obstacle !== null) return obstacle;
  }
  const run: Run = { options, argv, version, log, serving: serving.serving, sockets, isWorker };
  return options.workers > 1 && !isWorker ? superviseWorkers(run) : serveHere(run);
}

interface Run {
  readonly options: ServeOptions;
  readonly argv: readonly string[];
  readonly version: string;
  readonly log: LogLines;
  readonly serving: Serving;
  readonly sockets: readonly Bound[];
  readonly isWorker: boolean;
}

async function openSockets(
  { listen, backlog }: ServeOptions,
  serving: Serving,
): Promise<readonly Bound[] | Obstacle> {
  const addresses = addressesOf(listen);
  if ('problem' in addresses) return addresses;
  const sockets: Bound[] = [];
  for (const address of addresses) {
    const socket = await serving.bind(address, backlog);
    if ('failure' in socket) return trouble(`${textOf(address)}: ${inWords(socket.failure, address)}`);
    sockets.push(socket);
  }
  return sockets;
}

function addressesOf(words: readonly string[]): readonly ListenAddress[] | Obstacle {
  const inherited = inheritedSockets();
  if ('problem' in inherited) return inherited;
  if (inherited.length > 0) return inherited;
  const addresses = [];
  let services: ReturnType<typeof readServices> | null = null;
  for (const word of words) {
    const address = parseListenAddress(word, () => {
      services ??= readServices();
      return services;
    });
    if ('problem' in address) return mistake(address.problem);
    addresses.push(address);
  }
  const overlap = findOverlap(addresses);
  if (overlap !== null) return mistake(overlap);
  return addresses.length > 0 ? addresses : mistake('nothing to listen on: add an address, as in "serve 25"');
}

/** From our own supervisor, or from systemd. */
function inheritedSockets(): readonly ListenAddress[] | Obstacle {
  const { env, pid } = process;
  const shared = env[WORKER_VARIABLE];
  if (shared !== undefined) {
    return shared.split(',').map((word, index) => inherited(3 + index, word === 'tls'));
  }
  const activated = activatedSockets(env, pid);
  if ('problem' in activated) return mistake(activated.problem);
  return activated.sockets.map(({ descriptor, name }) =>
    inherited(descriptor, TLS_NAMES.includes(name ?? '')),
  );
}

/** FileDescriptorName= of a socket unit whose clients begin with TLS. */
const TLS_NAMES = ['tls', 'smtps', 'submissions'];

const inherited = (descriptor: number, tls: boolean): ListenAddress =>
  tls ? { kind: 'inherited', descriptor, tls } : { kind: 'inherited', descriptor };

const textOf = (address: ListenAddress): string =>
  address.kind === 'inherited' ? `descriptor ${address.descriptor}` : listenAddressText(address);

function inWords(code: string, { kind }: ListenAddress): string {
  if (code === 'EADDRINUSE') return 'another program listens there already';
  if (code === 'EACCES') {
    return kind === 'tcp'
      ? 'not permitted: ports below 1024 are for root, who can hand them over with -u'
      : 'not permitted';
  }
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address';
  return code;
}

function dropTo({ user, group, idsFromEnvironment }: ServeOptions): Obstacle | null {
  try {
    dropPrivileges(idsFromEnvironment ? privilegesOfEnvironment(process.env) : { uid: user, gid: group });
    return null;
  } catch (error) {
    return trouble((error as Error).message);
  }
}

const onSignal: OnSignal = (signal, action) => void process.on(signal, action);

/** What a listener has to say of itself, unless -q. */
function notesOf({ reports }: ServeOptions, log: LogLines) {
  const own = log.of(OWN_LINES);
  return (level: 'info' | 'warning', text: string): void => {
    if (reports !== 'nothing') own({ event: 'note', level, text, where: 'serve' });
  };
}

/** A worker has nobody to tell but its supervisor, by other means. */
function notifierOf({ options, serving, isWorker }: Run, note: ReturnType<typeof notesOf>): Notifier {
  return notifier(isWorker ? {} : process.env, {
    readyDescriptor: isWorker ? null : options.readyDescriptor,
    sendNotify: serving.sendNotify,
    onProblem: (text) => note('warning', text),
  });
}

async function superviseWorkers(run: Run): Promise<number> {
  const { options, argv, log, serving, sockets } = run;
  const note = notesOf(options, log);
  const { env } = process;
  const base = baseEnvironment(env, [...ACTIVATION_VARIABLES, ...NOTIFY_VARIABLES]);
  const exit = await supervise({
    onSignal,
    serving,
    sockets,
    workers: options.workers,
    args: ['serve', ...argv],
    env: {
      ...base,
      [WORKER_VARIABLE]: sockets.map(({ address }) => (address.tls ? 'tls' : 'plain')).join(','),
    },
    patience: options.grace + WORKER_PATIENCE,
    clock: () => performance.now(),
    after(seconds, action) {
      const timer = setTimeout(action, seconds * 1000);
      return () => clearTimeout(timer);
    },
    note,
    notifier: notifierOf(run, note),
    listening: () => announce(options, sockets),
  });
  log.flush();
  return exit;
}

async function serveHere(run: Run): Promise<number | Obstacle> {
  const { options, version, log, serving, sockets, isWorker } = run;
  const { env } = process;
  const note = notesOf(options, log);
  const serverOptions = serverOptionsOf(options, version);
  const source: SnapshotSource = {
    profile: serverOptions.profile,
    home: serverOptions.home,
    hostName: options.hostName ?? undefined,
    verbose: options.verbose,
    version,
    limits: limitsOf(options),
    startFile: options.startFile,
    access:
      options.accessFile === null
        ? null
        : { path: options.accessFile, mayBeMissing: options.accessFileMayBeMissing },
  };
  const names = openNames(serverOptions.home ?? '.');
  const read = async (): Promise<Snapshot | { readonly problem: string }> => {
    const named = names.read();
    if ('problem' in named) return named;
    const snapshot = await takeSnapshot(source);
    if (!('problem' in snapshot)) named.use();
    return snapshot;
  };
  const first = await read();
  if ('problem' in first) return trouble(first.problem);
  const base = baseEnvironment(env, [...ACTIVATION_VARIABLES, ...NOTIFY_VARIABLES, WORKER_VARIABLE]);
  const spawner = await sys.openSpawner(typicalChild(run, base, serverOptions.home));
  if (spawner.handicap !== null)
    note('warning', `queue programs cost more than they could: ${spawner.handicap}`);
  const loadAverage = openLoadAverage(Date.now);
  const server = openServer(
    {
      options: serverOptions,
      admission: openAdmission(shareOf(options), { clock: Date.now, loadAverage }),
      log,
      note,
      lookUp: openLookUp({
        host: options.lookUpHost ? (options.paranoid ? 'confirmed' : 'first') : 'none',
        info: options.askIdent,
        seconds: options.identSeconds,
        localHost: options.localName,
        resolver: names.resolver,
        overTcp: sys.overTcp,
      }),
      tls: openTlsOnce((text) => note('warning', text)),
      baseEnvironment: base,
      spawn: spawner.spawn,
      openSpool: () => openSpool(options.bodyCache ?? undefined),
      descriptorLimit: serving.descriptorLimit(),
    },
    first,
  );
  // No session's fault ends the process. What escapes all nets is told, and the others go on.
  const own = log.of(OWN_LINES);
  const escaped = (error: unknown): void =>
    own({ event: 'fault', why: String((error as Error | null)?.stack ?? error) });
  process.on('uncaughtException', escaped);
  process.on('unhandledRejection', escaped);
  if (isWorker) serving.parentGone().then(() => process.kill(process.pid, 'SIGTERM'));
  const { home } = serverOptions;
  const exit = await live({
    onSignal,
    server,
    serving,
    sockets,
    backlog: options.backlog,
    grace: options.grace,
    read,
    isHeldByControl: () => home !== null && existsSync(`${home}/control/servepaused`),
    note,
    notifier: notifierOf(run, note),
    listening: () => (isWorker ? writeSync(1, '\n') : announce(options, sockets)),
  });
  // It waits for queue programs, of which one may hang. They can do without us, and without whoever has started them.
  await within(CUT_OFF_SECONDS, spawner.close());
  log.flush();
  return exit;
}

/** Behind its door until the first client wants it. */
function openTlsOnce(complain: (text: string) => void): ServerParts['tls'] {
  let opening: Promise<ServerParts['tls']> | null = null;
  return async (files) => {
    try {
      opening ??= loadStartTls().then(({ openTls }) => openTls(true, complain));
      return await (await opening)(files);
    } catch (error) {
      return { problem: String((error as Error | null)?.message ?? error) };
    }
  };
}

const loadStartTls = () => import('../start-tls.ts');

/** The queue program for a client of the first socket. */
function typicalChild({ options, sockets }: Run, base: Environment, home: string | null): SpawnOptions {
  const socket = sockets.find(({ address }) => address.kind === 'tcp');
  const host = socket?.address.kind === 'tcp' ? socket.address.host : null;
  const local = socket && host !== null ? { address: host, port: socket.port } : null;
  const nobody = { remote: null, host: null, info: null };
  const env = connectionEnvironment(
    base,
    { ...nobody, local },
    { localHost: options.localName, variables: [['PROTO', 'TCP']] },
  );
  return { ...queueProgram(home, env), env: ownAndInherited(env) };
}

/** -1: the ports, for whoever let the system choose them. */
function announce({ printPort }: ServeOptions, sockets: readonly Bound[]): void {
  if (!printPort) return;
  for (const { address, port } of sockets) if (address.kind === 'tcp') writeSync(1, `${port}\n`);
}

function serverOptionsOf(options: ServeOptions, version: string): ServerOptions {
  return {
    profile: options.profile === 'stock' ? STOCK : MVMTR,
    home: homeOf(options, process.env),
    queue: options.queue,
    version,
    proxyFrom: options.proxyFrom,
    xclientFrom: options.xclientFrom,
    greetDelay: options.greetDelay,
    earlyTalkers: options.earlyTalkers,
    queueTimeout: options.queueTimeout,
    status: options.reports === 'status',
    total: options.limits.total,
  };
}

function limitsOf({ maxErrors, sessionSeconds }: ServeOptions): SnapshotSource['limits'] {
  return {
    ...(maxErrors === null ? {} : { errors: maxErrors }),
    ...(sessionSeconds === null ? {} : { session: sessionSeconds }),
  };
}

/** Workers know nothing of each other: each has its share of all connections, and counts addresses for itself. */
function shareOf({ limits, workers }: ServeOptions): ServeOptions['limits'] {
  return { ...limits, total: Math.max(1, Math.ceil(limits.total / workers)) };
}

/** Whom look-ups ask: the name servers that were read last. */
interface Names {
  readonly resolver: Resolver;
  /** The ones that control/nameservers has now; they are asked from use() on. */
  read(): { use(): void } | { readonly problem: string };
}

function openNames(home: string): Names {
  let current: Resolver | null = null;
  return {
    resolver: {
      resolve: (name, type) => (current as Resolver).resolve(name, type),
      cancel: () => current?.cancel(),
    },
    read() {
      try {
        const next = stubResolver({ transport: sys, ...nameServers(home) });
        return {
          use() {
            current = next;
          },
        };
      } catch (error) {
        return { problem: (error as Error).message };
      }
    },
  };
}
