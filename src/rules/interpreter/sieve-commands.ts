// The door of what sieve-part.ts keeps a place for: Sieve's tests and actions, and the functions on the header of a message.

import { installRegex } from '../sieve/engine.ts';
import { SIEVE_ACTIONS, SIEVE_TESTS } from '../sieve/index.ts';
import { HEADERS } from './functions/headers.ts';
import type { SievePart } from './sieve-part.ts';

export const SIEVE_PART: SievePart = {
  tests: SIEVE_TESTS,
  actions: SIEVE_ACTIONS,
  functions: new Map(HEADERS),
  installRegex,
};
