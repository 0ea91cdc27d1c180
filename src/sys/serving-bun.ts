// Bun's listening sockets. Bun binds and listens at once, so a socket is bound by a listener that is given up before it can
// accept, and kept as a duplicate of its descriptor, which workers inherit and a new listener takes over.

import { closeSync, renameSync, rmSync } from 'node:fs';
import { openC } from './libc-bun.ts';
import { sendNotify } from './notify-bun.ts';
import {
  descriptorLimit,
  endpointOf,
  isNobodys,
  statusInWords,
  unixSocketIsFree,
  WITHOUT_IPV6,
} from './serving-both.ts';
import type { BindFailure, Bound, Connection, ListenAddress, Listener, Serving } from './serving-types.ts';
import { BunConnection, type BunSocket } from './socket-bun.ts';
import { duplicate } from './socket-calls-bun.ts';

export const serving: Serving = { bind, listen, startWorker, parentGone, sendNotify, descriptorLimit };

/** Descriptors that a worker finds its sockets at are below. */
const FIRST_OWN_DESCRIPTOR = 64;

const NOBODY = { data() {}, open() {} };

async function bind(address: ListenAddress): Promise<Bound | BindFailure> {
  if (address.kind === 'inherited') return boundTo(address, 0, address.descriptor);
  if (address.kind === 'unix' && !(await unixSocketIsFree(address.path))) return { failure: 'EADDRINUSE' };
  try {
    const listener = listenerOn(address);
    const { fd, port = 0 } = listener as unknown as { fd: number; port?: number };
    const descriptor = ownDescriptor(fd);
    if (address.kind === 'unix') stopKeeping(address.path, listener);
    else listener.stop(true);
    return descriptor < 0 ? { failure: 'EMFILE' } : boundTo(address, port, descriptor);
  } catch (error) {
    return { failure: codeOf(error) };
  }
}

function boundTo(address: ListenAddress, port: number, descriptor: number): Bound {
  const release = (): void => {
    closeSync(descriptor);
    if (address.kind === 'unix') rmSync(address.path, { force: true });
  };
  return { address, port, descriptor, handle: null, release };
}

/** Bun removes the file of a unix socket with the listener that has made it, so the file is put aside meanwhile. */
function stopKeeping(path: string, listener: { stop(force: boolean): void }): void {
  const aside = `${path}.${process.pid}`;
  renameSync(path, aside);
  listener.stop(true);
  renameSync(aside, path);
}

const codeOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException).code ?? (error as Error).message);

function listenerOn(address: Exclude<ListenAddress, { kind: 'inherited' }>) {
  if (address.kind === 'unix') return Bun.listen({ unix: address.path, socket: NOBODY });
  const { host, port } = address;
  if (host !== null) {
    const where = { hostname: host, port, ipv6Only: host === '::' }; // known to Bun, and not to its types
    return Bun.listen({ ...where, socket: NOBODY });
  }
  try {
    return Bun.listen({ hostname: '::', port, socket: NOBODY });
  } catch (error) {
    if (!WITHOUT_IPV6.includes(codeOf(error))) throw error;
    return Bun.listen({ hostname: '0.0.0.0', port, socket: NOBODY });
  }
}

const library = openC({ listen: { args: ['i32', 'i32'], returns: 'i32' } });

const ownDescriptor = (descriptor: number): number => duplicate(descriptor, FIRST_OWN_DESCRIPTOR);

async function listen(
  { descriptor, release }: Bound,
  backlog: number,
  accept: (connection: Connection) => void,
): Promise<Listener | BindFailure> {
  const handlers = {
    ...BunConnection.handlers,
    open(socket: BunSocket) {
      const connection = new BunConnection(socket, {
        remote: endpointOf(socket.remoteAddress, socket.remotePort),
        local: endpointOf(socket.localAddress, socket.localPort),
      });
      socket.data = connection;
      if (isNobodys(connection)) connection.destroy();
      else accept(connection);
    },
  };
  const start = () => {
    // Bun closes the descriptor of a listener that stops; ours has to outlive it.
    const listener = Bun.listen<BunConnection>({
      fd: ownDescriptor(descriptor),
      allowHalfOpen: true,
      socket: handlers,
    } as never);
    library?.listen(descriptor, backlog);
    return listener;
  };
  try {
    let listener: ReturnType<typeof start> | null = start();
    const stop = (): void => {
      listener?.stop();
      listener = null;
    };
    return {
      pause() {
        stop();
        return true;
      },
      resume() {
        try {
          listener ??= start();
          return true;
        } catch {
          return false; // no descriptor for it yet
        }
      },
      close() {
        stop();
        release();
      },
    };
  } catch (error) {
    return { failure: codeOf(error) };
  }
}

function startWorker(
  args: readonly string[],
  sockets: readonly Bound[],
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<Serving['startWorker']> {
  const descriptors = sockets.map(({ descriptor }) => descriptor);
  const start = () =>
    Bun.spawn([process.execPath, ...args], { env, stdio: ['pipe', 'pipe', 'inherit', ...descriptors] });
  let child: ReturnType<typeof start>;
  try {
    child = start();
  } catch (error) {
    return { pid: 0, kill() {}, ready: Promise.resolve(false), ended: Promise.resolve(codeOf(error)) };
  }
  const ready = child.stdout
    .getReader()
    .read()
    .then(
      ({ done }) => !done,
      () => false,
    );
  const ended = child.exited.then(() =>
    statusInWords(child.exitCode, child.signalCode === null ? null : String(child.signalCode)),
  );
  return { pid: child.pid, kill: (signal) => void child.kill(signal), ready, ended };
}

async function parentGone(): Promise<void> {
  const input = Bun.stdin.stream().getReader();
  try {
    while (!(await input.read()).done);
  } catch {
    // as good as its end
  }
}
