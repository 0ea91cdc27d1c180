export { configure, OWN_HELO_TIMEOUT, OWN_TIMEOUT, type Setting, STOCK_TIMEOUT } from './configure.ts';
export { clientOf, type Environment } from './environment.ts';
export { sayUnavailable, serveStdio, type StdioOptions } from './stdio.ts';
