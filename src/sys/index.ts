export { LONGEST_TIMER } from './both.ts';
export { sys } from './node.ts';
export { closeAll, openScratch } from './scratch.ts';
export type {
  Child,
  ChildInput,
  ChildStatus,
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
