// The door to TLS. tls-node.ts and tls-bun.ts fill it; the build puts the one in the other's place.

export { tls } from './tls-node.ts';
