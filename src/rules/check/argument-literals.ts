// Literals in the arguments of commands and tests, by the kind their signature names. Some that a Sieve script may get wrong and
// still run (a header no message has, a date part nobody knows) are warnings there and errors in MFL, where they can only be
// mistakes. Follows RFC 5228 §2.4.2, §2.7 and §5, RFC 5229 §4.1, RFC 5231, RFC 5260, RFC 5435 §3.3, RFC 6009 §4.

import { BUILT_IN_COMPARATORS, COMPARATORS, isStatus, type LiteralKind } from '../commands/index.ts';
import { LONGEST_DELAY } from '../interpreter/budget.ts';
import type { ArgumentNode } from '../language/ast.ts';
import { literalTexts, type Text } from './constants.ts';
import {
  badFlag,
  isAddress,
  isDatePart,
  isHeaderName,
  isScriptName,
  isVariableName,
  isZone,
} from './literals.ts';
import { nameProblem } from './names.ts';
import { error, has, type Walk, warning } from './walk.ts';

/** Judges one text: true when it will do. `owner` is the command, test or tag it stands with. */
type Judge = (walk: Walk, text: Text, owner: string) => boolean;

const RELATIONS: ReadonlySet<string> = new Set(['gt', 'ge', 'lt', 'le', 'eq', 'ne']);
const LOG_LEVELS: ReadonlySet<string> = new Set(['debug', 'info', 'notice', 'warning', 'error', 'critical']);

const DSN_PARTS: Readonly<Record<string, string>> = {
  notify: 'envelope-dsn',
  orcpt: 'envelope-dsn',
  ret: 'envelope-dsn',
  envid: 'envelope-dsn',
  bytimerelative: 'envelope-deliverby',
  bytimeabsolute: 'envelope-deliverby',
  bymode: 'envelope-deliverby',
  bytrace: 'envelope-deliverby',
};

/** An error in MFL, where it can only be a mistake; a warning in Sieve, where such a script runs all the same. */
function doubtful(walk: Walk, code: string, { at }: Text, message: string): boolean {
  if (!walk.unit.sieve) return error(walk.unit, code, at, message);
  warning(walk.unit, code, at, message);
  return true;
}

function envelopePart(walk: Walk, text: Text): boolean {
  const part = text.value.toLowerCase();
  if (part === 'from' || part === 'to' || part === 'auth') return true;
  const needs = Object.hasOwn(DSN_PARTS, part) ? DSN_PARTS[part] : undefined;
  if (needs !== undefined && has(walk.unit, needs)) return true;
  const message = `the envelope has no part '${text.value}'${needs ? ` without require "${needs}"` : ''}`;
  return error(walk.unit, 'SIEVE-LIT-005', text.at, message);
}

function comparator(walk: Walk, text: Text): boolean {
  const { value, at } = text;
  if (!COMPARATORS.has(value))
    return error(walk.unit, 'SIEVE-LIT-001', at, `no comparator is called '${value}'`);
  if (BUILT_IN_COMPARATORS.has(value) || has(walk.unit, `comparator-${value}`)) return true;
  return error(
    walk.unit,
    'SIEVE-REQ-004',
    at,
    `the comparator '${value}' needs require "comparator-${value}"`,
  );
}

function variableName(walk: Walk, text: Text, owner: string): boolean {
  const { value, at } = text;
  if (/^[0-9]+$/.test(value)) {
    return error(walk.unit, 'SIEVE-LIT-006', at, `'${value}' is a match: only a test can set it`);
  }
  if (!isVariableName(value))
    return error(walk.unit, 'SIEVE-LIT-006', at, `'${value}' is no name of a variable`);
  const cut = value.indexOf('.');
  if (cut < 0) return owner === 'global' || walk.unit.sieve || mflVariable(walk, text);
  const space = value.slice(0, cut).toLowerCase();
  if (space === 'global' && owner !== 'global' && has(walk.unit, 'include')) return true;
  const message = walk.unit.sieve
    ? `'${value}': no namespace '${space}' can be written to`
    : `'${value}' is no variable: an object's property is assigned with "="`;
  return error(walk.unit, 'SIEVE-LIT-007', at, message);
}

function mflVariable(walk: Walk, { value, at }: Text): boolean {
  const global = walk.world.globals.get(value.toLowerCase());
  if (global !== undefined) {
    if (global.node.scope === 'const')
      return error(walk.unit, 'MFL-NAME-009', at, `'${value}' is a constant`);
    if (global.node.type === 'string') return true;
    return error(walk.unit, 'MFL-TYPE-001', at, `'${value}' is a ${global.node.type}; set gives a string`);
  }
  const problem = nameProblem(value, 'variable');
  return problem === null || error(walk.unit, 'MFL-NAME-003', at, problem);
}

function address(walk: Walk, text: Text, owner: string): boolean {
  if (isAddress(text.value) || ((owner === 'set_sender' || owner === 'from') && text.value === ''))
    return true;
  return error(walk.unit, 'SIEVE-LIT-003', text.at, `'${text.value}' is no mail address`);
}

function headerName(walk: Walk, text: Text, owner: string): boolean {
  if (isHeaderName(text.value)) return true;
  const message = `'${text.value}' is no header name`;
  if (owner !== 'addheader' && owner !== 'deleteheader')
    return doubtful(walk, 'SIEVE-LIT-002', text, message);
  return error(walk.unit, 'SIEVE-LIT-002', text.at, message);
}

function flags(walk: Walk, text: Text): boolean {
  const bad = badFlag(text.value);
  return bad === null || doubtful(walk, 'SIEVE-LIT-008', text, `'${bad}' is no flag of a mail store`);
}

const simple =
  (code: string, test: (value: string) => boolean, say: (value: string) => string): Judge =>
  (walk, { value, at }) =>
    test(value) || error(walk.unit, code, at, say(value));

const JUDGES: { readonly [Kind in LiteralKind]?: Judge } = {
  'header-name': headerName,
  address,
  comparator,
  'envelope-part': envelopePart,
  'variable-name': variableName,
  'variable-names': variableName,
  flags,
  mailbox: simple(
    'SIEVE-LIT-004',
    (value) => value !== '' && !/[\x00-\x1f\x7f]/.test(value),
    (value) => (value === '' ? 'a mailbox has a name' : 'a mailbox name has no control characters'),
  ),
  relation: simple(
    'SIEVE-LIT-010',
    (value) => RELATIONS.has(value.toLowerCase()),
    (value) => `'${value}' is no relation: there are gt ge lt le eq ne`,
  ),
  'date-part': (walk, text) =>
    isDatePart(text.value) || doubtful(walk, 'SIEVE-LIT-011', text, `a date has no part '${text.value}'`),
  zone: simple('SIEVE-LIT-012', isZone, (value) => `'${value}' is no time zone: write "+0200"`),
  importance: simple(
    'SIEVE-LIT-013',
    (value) => /^[123]$/.test(value),
    () => 'importance is "1", "2" or "3"',
  ),
  'script-name': simple('SIEVE-LIT-014', isScriptName, (value) => `'${value}' is no name of a script`),
  'tag-name': simple(
    'MFL-LIT-007',
    (value) => value !== '',
    () => 'a tag needs a name',
  ),
  'log-level': simple(
    'MFL-LIT-010',
    (value) => LOG_LEVELS.has(value),
    (value) => `'${value}' is no log level: there are ${[...LOG_LEVELS].join(' ')}`,
  ),
  'status-code': simple(
    'MFL-VERDICT-003',
    isStatus,
    (value) => `'${value}' is no enhanced status code: write "5.7.1"`,
  ),
};

const MEBI = 1024 * 1024;

function seconds(walk: Walk, node: ArgumentNode, kind: 'seconds' | 'delay'): boolean {
  if (node.node !== 'number') return true;
  if (!node.duration && node.value >= MEBI && node.value % MEBI === 0) {
    const message = `a duration is expected, and "m" means mebi: write ${node.value / MEBI}min`;
    warning(walk.unit, 'MFL-WARN-005', node.at, message);
  }
  if (kind !== 'delay' || node.value <= LONGEST_DELAY) return true;
  return error(walk.unit, 'MFL-LIT-009', node.at, `a delay lasts at most ${LONGEST_DELAY} seconds`);
}

/** Nothing can be filled in here (RFC 5229 §4, RFC 5703 §7, RFC 6609 §3.4.1). */
const CONSTANT: ReadonlySet<LiteralKind> = new Set(['variable-name', 'variable-names']);

/** All literals of one argument; false when one of them will not do. */
export function argumentLiteral(walk: Walk, kind: LiteralKind, node: ArgumentNode, owner: string): boolean {
  if (kind === 'seconds' || kind === 'delay') return seconds(walk, node, kind);
  const judge = JUDGES[kind];
  if (judge === undefined) return true;
  const texts = literalTexts(walk, node);
  if (CONSTANT.has(kind) && texts.length < (node.node === 'list' ? node.items.length : 1)) {
    return error(walk.unit, 'SIEVE-LIT-006', node.at, `${owner}: the name of a variable is written out`);
  }
  return texts.every((text) => judge(walk, text, owner));
}
