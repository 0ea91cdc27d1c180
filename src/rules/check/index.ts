// The checker: from sources to a checked program, and that program to a file and back.

export { type Compiled, compile } from './compile.ts';
export { digest } from './digest.ts';
export { readProgram, writeProgram } from './program-file.ts';
export type { CompileOptions, IncludeLocation, Loaded, Sources } from './sources.ts';
