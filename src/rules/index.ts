// The door of the rules room. Values here are what a session with compiled rules needs, the interpreter above all; a session
// without rules comes nowhere near. The heavy parts are behind loaders.

export type { Compiled } from './check/compile.ts';
export { digest } from './check/digest.ts';
export { readProgram } from './check/program-file.ts';
export type { CompileOptions, IncludeLocation, Loaded, Sources } from './check/sources.ts';
export { driveHook } from './interpreter/driver.ts';
export type { Dialect, SourceFile } from './language/ast.ts';
export type { Problem } from './language/problems.ts';
export { type HookName, PROGRAM_VERSION, type Program } from './program.ts';
export type {
  Answer,
  Effect,
  Envelope,
  HeaderField,
  HookInput,
  HookRun,
  Lookup,
  MessageView,
  Properties,
  RuntimeFault,
  Value,
  Variables,
  Verdict,
} from './runtime.ts';
export { applyEdits } from './sieve/apply-edits.ts';
export type { FileReport, ReportFormat } from './testsuite/index.ts';

/** From sources to a checked program. */
export const loadChecker = () => import('./check/index.ts');

/** Parsing, printing and the wording of problems. */
export const loadLanguage = () => import('./language/index.ts');

/** The engine for regular expressions; it is large. */
export const loadRegex = () => import('./sieve/regex.ts');

/** The inside of a message for the body tests; brings the MIME reader. */
export const loadMime = () => import('./sieve/mime.ts');

/** Runs .svtest files. */
export const loadTestsuite = () => import('./testsuite/index.ts');
