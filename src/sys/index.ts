export { LONGEST_TIMER } from './both.ts';
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

/** The door to listening sockets. */
export const loadServing = () => import('./serving.ts');
