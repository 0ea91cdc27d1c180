export { sys } from './node.ts';
export { closeAll, openScratch } from './scratch.ts';
export type { Child, ChildInput, ChildStatus, SpawnFailure, SpawnOptions, Sys } from './sys.ts';
