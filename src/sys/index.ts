export { LONGEST_TIMER } from './both.ts';
export type { FedChild } from './fed-child-types.ts';
export { sys } from './node.ts';
export { closeAll, openScratch } from './scratch.ts';
export type {
  BindFailure,
  Bound,
  Connection,
  ListenAddress,
  Listener,
  Serving,
  WorkerProcess,
} from './serving-types.ts';
export type {
  Child,
  ChildInput,
  ChildStatus,
  Destination,
  Endpoint,
  Exchange,
  ExchangeEvents,
  Spawn,
  Spawner,
  SpawnFailure,
  SpawnOptions,
  StartExchange,
  Sys,
} from './sys.ts';
export type {
  ClientCertificate,
  TlsConnection,
  TlsContext,
  TlsEngine,
  TlsParameters,
} from './tls-types.ts';

/** The door to programs that check passwords. */
export const loadFedChild = () => import('./fed-child.ts');

/** The door to TLS. */
export const loadTls = () => import('./tls.ts');

/** The door to listening sockets. */
export const loadServing = () => import('./serving.ts');
