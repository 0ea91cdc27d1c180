// The bounds of one run (docs/mfl.md, section 13): one set for the administrator's rules, a tighter one for users' scripts.
// They are hard: a script cannot raise them. Every one ends the run with a fault that names it, but for a user's strings,
// which RFC 5229 §3 lets us cut.

import type { Budget } from './context.ts';

export const ADMIN_BUDGET: Budget = {
  steps: 100_000,
  milliseconds: 20_000,
  lookups: 64,
  callDepth: 32,
  stringOctets: 256 * 1024,
  stringTooLong: 'error',
  listItems: 10_000,
  variables: 1024,
  regexPattern: 4096,
  regexPerMatch: 20_000_000,
  regexTotal: 40_000_000,
  actions: Number.POSITIVE_INFINITY,
  redirects: Number.POSITIVE_INFINITY,
  headerOctets: 256 * 1024,
  bodyOctets: 10 * 1024 * 1024,
};

export const USER_BUDGET: Budget = {
  steps: 10_000,
  milliseconds: 5_000,
  lookups: 16,
  callDepth: 8,
  stringOctets: 4096,
  stringTooLong: 'truncate',
  listItems: 255,
  variables: 255,
  regexPattern: 1024,
  regexPerMatch: 4_000_000,
  regexTotal: 8_000_000,
  actions: 32,
  redirects: 4,
  headerOctets: 64 * 1024,
  bodyOctets: 1024 * 1024,
};

/** Longest text a script hands on, where strings are cut: only what a variable keeps is (RFC 5229 §3). */
export const UNCUT_OCTETS = 256 * 1024;

/** Octets of a copy that cost one step. */
export const OCTETS_PER_STEP = 64;

/** The clock is looked at once in so many steps. */
export const STEPS_PER_LOOK_AT_CLOCK = 1000;

/** Longest wait one hook may ask for before its reply, in seconds. */
export const LONGEST_DELAY = 60;
