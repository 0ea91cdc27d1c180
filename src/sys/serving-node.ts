// Node's listening sockets. A socket is bound as the handle that node:cluster shares between processes, because that one can be
// bound now, listened on later, and be inherited by a worker under its number.

import { spawn } from 'node:child_process';
import { closeSync, rmSync } from 'node:fs';
import net, { type ListenOptions, type Socket } from 'node:net';
import { sendNotify } from './notify-node.ts';
import {
  descriptorLimit,
  endpointOf,
  isNobodys,
  statusInWords,
  unixSocketIsFree,
  WITHOUT_IPV6,
} from './serving-both.ts';
import type { BindFailure, Bound, Connection, ListenAddress, Listener, Serving } from './serving-types.ts';
import { StreamConnection } from './stream-connection.ts';

export const serving: Serving = { bind, listen, startWorker, parentGone, sendNotify, descriptorLimit };

/** What net._createServerHandle gives; it answers with a number when it fails: the error, negative. */
interface ServerHandle {
  readonly fd: number;
  getsockname(to: { port?: number }): number;
  close(): void;
}

type CreateServerHandle = (
  address: string | null,
  port: number,
  family: 4 | 6 | -1,
  descriptor?: null,
  flags?: number,
) => ServerHandle | number;

/** UV_TCP_IPV6ONLY */
const IPV6_ONLY = 1;

const createServerHandle = (net as unknown as { _createServerHandle: CreateServerHandle })
  ._createServerHandle;

async function bind(address: ListenAddress): Promise<Bound | BindFailure> {
  if (address.kind === 'inherited') {
    const { descriptor } = address;
    return { address, port: 0, descriptor, handle: null, release: () => closeSync(descriptor) };
  }
  if (address.kind === 'unix' && !(await unixSocketIsFree(address.path))) return { failure: 'EADDRINUSE' };
  const handle = createHandle(address);
  if (typeof handle === 'number') return { failure: codeOf(handle) };
  const name: { port?: number } = {};
  // libuv keeps to itself that an address is in use until somebody asks.
  const error = address.kind === 'tcp' ? handle.getsockname(name) : 0;
  if (error !== 0) {
    handle.close();
    return { failure: codeOf(error) };
  }
  // It removes the file of a unix socket too.
  return { address, port: name.port ?? 0, descriptor: handle.fd, handle, release: () => handle.close() };
}

function createHandle(address: Exclude<ListenAddress, { kind: 'inherited' }>): ServerHandle | number {
  if (address.kind === 'unix') return createServerHandle(address.path, -1, -1);
  const { host, port } = address;
  if (host === '::') return createServerHandle(host, port, 6, null, IPV6_ONLY);
  if (host !== null) return createServerHandle(host, port, host.includes(':') ? 6 : 4);
  const handle = createServerHandle('::', port, 6);
  const withoutIpv6 = typeof handle === 'number' && WITHOUT_IPV6.includes(codeOf(handle));
  return withoutIpv6 ? createServerHandle('0.0.0.0', port, 4) : handle;
}

const codeOf = (error: number): string => process.getBuiltinModule('node:util').getSystemErrorName(error);

function listen(
  { address, handle, descriptor }: Bound,
  backlog: number,
  accept: (connection: Connection) => void,
): Promise<Listener | BindFailure> {
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const connection = new StreamConnection(socket, endsOf(socket));
    if (isNobodys(connection)) connection.destroy();
    else accept(connection);
  });
  // By its handle where it is ours; Node takes that, and does not say so in its types.
  const where = (handle === null ? { fd: descriptor } : { _handle: handle }) as object as ListenOptions;
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ failure: error.code ?? error.message }));
    server.listen({ ...where, backlog }, () => {
      resolve({
        pause: () => false,
        resume: () => true,
        close() {
          server.close();
          // Node listens on another handle of the same descriptor, which knows of no file.
          if (address.kind === 'unix') rmSync(address.path, { force: true });
        },
      });
    });
  });
}

const endsOf = (socket: Socket) => ({
  remote: endpointOf(socket.remoteAddress, socket.remotePort),
  local: endpointOf(socket.localAddress, socket.localPort),
});

function startWorker(
  args: readonly string[],
  sockets: readonly Bound[],
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<Serving['startWorker']> {
  // The launcher in bin/ is a shell script for its first lines; Node is known already.
  const program = [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...args];
  const [file = '', ...rest] = program;
  const descriptors = sockets.map(({ descriptor }) => descriptor);
  const child = spawn(file, rest, { env, stdio: ['pipe', 'pipe', 'inherit', ...descriptors] });
  child.stdin?.on('error', () => {}); // it ends with the worker
  const ready = new Promise<boolean>((resolve) => {
    child.stdout?.once('data', () => resolve(true));
    child.once('close', () => resolve(false));
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(String(error.message)));
    child.on('exit', (code, signal) => resolve(statusInWords(code, signal)));
  });
  return { pid: child.pid ?? 0, kill: (signal) => void child.kill(signal), ready, ended };
}

function parentGone(): Promise<void> {
  const input = new net.Socket({ fd: 0, readable: true, writable: false });
  return new Promise((resolve) => {
    input.on('error', () => {}); // told by 'close', which follows
    input.on('close', () => resolve());
    input.resume();
  });
}
