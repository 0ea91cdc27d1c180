// The door to programs with a secret on descriptor 3. fed-child-node.ts and fed-child-bun.ts fill it; the build puts the one in the
// other's place.

export { fedChild } from './fed-child-node.ts';
