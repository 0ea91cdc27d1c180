// The door of Sieve's semantics: the tables of tests and actions the interpreter runs, and the pure helpers other parts of the room use.
// The MIME reader stays behind a door of its own (mime.ts), because of the package it loads.

import { discard, fileinto, keep, record, redirect, reject, type SieveCommand, set } from './actions.ts';
import { bodyTest } from './body.ts';
import { installRegex } from './engine.ts';
import { addflag, hasflag, removeflag, setflag } from './flags.ts';
import { addheader, deleteheader } from './header-edits.ts';
import { include, shareVariables } from './include.ts';
import { breakLoop, extracttext, foreverypart } from './parts.ts';
import { compileRegex } from './regex.ts';
import { MESSAGE_TESTS, type SieveTest } from './tests-message.ts';
import { WORLD_TESTS } from './tests-world.ts';

installRegex(compileRegex);

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

export {
  type AddressParts,
  addressText,
  type Mailbox,
  parseAddressList,
  parseOneAddress,
  parsePath,
} from './address.ts';
export { BODY_LOOKUP } from './body.ts';
export { comparatorNamed } from './comparator.ts';
export { type DateTime, datePart, parseDate, zoneMinutes } from './dates.ts';
export { decodeCharacters, unicodeProblem } from './encoded-character.ts';
export { decodeWords } from './encoded-words.ts';
export { currentFields } from './fields.ts';
export { applyEdits, isFieldName } from './header-edits.ts';
export { globMatch, matchValues, regexMatch } from './match.ts';
export { toOctetString, toUnicode } from './text.ts';
