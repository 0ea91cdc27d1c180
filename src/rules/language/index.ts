// The language: source text to syntax tree and back, in both dialects. The door of this part of the rules room. Which commands and
// tests exist is decided elsewhere; only the table of tests' names is needed here, to tell a test from a variable. Nothing here
// throws: what is wrong with a source comes back as a list of problems.

export { type Parsed, parse } from './parse.ts';
export { print } from './print.ts';
export { describe, lineColumn, lineStarts, type Problem } from './problems.ts';
