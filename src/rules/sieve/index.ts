// The door of Sieve's semantics: the tables of tests and actions the interpreter runs, and what the simulated delivery of the test
// suites needs; other parts of the room take pure helpers from their files. The MIME reader stays behind a door of its own
// (mime.ts), because of the package it loads.

import { discard, fileinto, keep, record, redirect, reject, type SieveCommand, set } from './actions.ts';
import { bodyTest } from './body.ts';
import { addflag, hasflag, removeflag, setflag } from './flags.ts';
import { addheader, deleteheader } from './header-edits.ts';
import { include, shareVariables } from './include.ts';
import { breakLoop, extracttext, foreverypart } from './parts.ts';
import { MESSAGE_TESTS, type SieveTest } from './tests-message.ts';
import { WORLD_TESTS } from './tests-world.ts';

export const SIEVE_TESTS: ReadonlyMap<string, SieveTest> = new Map<string, SieveTest>([
  ...MESSAGE_TESTS,
  ...WORLD_TESTS,
  ['body', bodyTest],
  ['hasflag', hasflag],
]);

export const SIEVE_ACTIONS: ReadonlyMap<string, SieveCommand> = new Map<string, SieveCommand>([
  ['keep', keep],
  ['fileinto', fileinto],
  ['redirect', redirect],
  ['discard', discard],
  ['reject', reject],
  ['ereject', reject],
  ['set', set],
  ['setflag', setflag],
  ['addflag', addflag],
  ['removeflag', removeflag],
  ['addheader', addheader],
  ['deleteheader', deleteheader],
  ['include', include],
  ['global', shareVariables],
  ['foreverypart', foreverypart],
  ['break', breakLoop],
  ['extracttext', extracttext],
  ['vacation', record],
  ['notify', record],
  ['debug_log', record],
]);

export { applyEdits } from './apply-edits.ts';
export { currentFields } from './fields.ts';
export { matchValues } from './match.ts';
