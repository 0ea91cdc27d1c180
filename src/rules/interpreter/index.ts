// The interpreter: runs checked programs, hook by hook.

export { ADMIN_BUDGET, USER_BUDGET } from './budget.ts';
export type { Budget, Context } from './context.ts';
export { type AnswerLookup, type DriveOptions, driveHook, driveMain, loadRegexEngine } from './driver.ts';
export { NOT_AVAILABLE } from './functions/lookups.ts';
export type { SieveAction, SieveResult } from './result.ts';
export { type MainRun, runHook, runMain } from './run.ts';
export { installSieve } from './sieve-part.ts';
export type { RunOptions } from './start.ts';
export type { ActionHandler, Deadline, Extra, TestHandler } from './state.ts';
