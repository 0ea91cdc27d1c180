// How much source the compiler takes on. Every bound is far above what people write and keeps the parser's own recursion, and that
// of everything that walks the tree later, within the stack whatever the source says. Nesting counts the script itself as level 1,
// as other Sieve implementations do. Reaching a bound is a compile error, never an exception.

import type { Dialect } from './ast.ts';

/** Characters of one file. A user's script is strict Sieve; MFL is written by the administrator. */
export const SCRIPT_LENGTH: Readonly<Record<Dialect, number>> = { sieve: 256 * 1024, mfl: 1024 * 1024 };

export const IDENTIFIER_LENGTH: Readonly<Record<Dialect, number>> = { sieve: 32, mfl: 64 };

/** Characters of a dotted name such as client.ip. */
export const PATH_LENGTH = 128;

/** Characters of one string literal, as the largest string value at run time. */
export const STRING_LENGTH = 256 * 1024;

export const BLOCK_LEVELS = 32;

export const TEST_LEVELS = 32;

/** Parentheses, lists and calls open at once in one MFL statement. */
export const GROUP_LEVELS = 32;

/** Operators in one MFL statement; bounds the depth of chains such as a + b + c. */
export const OPERATORS = 256;

/** Arguments of one command, test or call. */
export const ARGUMENTS = 32;

export const PROBLEMS = 50;
