export { type LogContext, logLine } from './line.ts';
export { logToStderr, writeLine } from './stderr.ts';
