export { configure, OWN_HELO_TIMEOUT, OWN_TIMEOUT, type Setting, STOCK_TIMEOUT } from './configure.ts';
export { clientOf, type Environment } from './environment.ts';
export { homeOf } from './home.ts';
export { octetsIn, queueIn } from './option-values.ts';
export type { QueueChoice } from './queues.ts';
export { type StdioOptions, sayUnavailable, serveStdio } from './stdio.ts';
