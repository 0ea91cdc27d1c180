// The door to what only `mvmtr serve` needs of the system: listening sockets, connections as channels, and worker
// processes that share the sockets. serving-node.ts and serving-bun.ts fill it; the build puts the one in the other's place.

export { serving } from './serving-node.ts';
