// Literals with a meaning of their own, wherever they stand: the value is found as far as it is written out, also through a `const`,
// and then judged by literals.ts. Texts put together at run time are left alone, but for one warning: a pattern into which
// the other side can write.

import { type FunctionLiteral, PROPERTIES } from '../commands/index.ts';
import { piecesOf } from '../interpreter/template.ts';
import type { ArgumentNode } from '../language/ast.ts';
import { decodeCharacters } from '../sieve/encoded-character.ts';
import { regexProblem } from '../sieve/regex.ts';
import { isDnsZone, isHeaderName, isNetwork, mapProblem } from './literals.ts';
import { error, has, interpolates, lookUp, type Walk, warning } from './walk.ts';

export interface Text {
  readonly value: string;
  readonly at: number;
}

/** The text of a string as it will be; null when that is only known at run time. */
export function literalText(walk: Walk, node: ArgumentNode): Text | null {
  if (node.node === 'string') {
    if (node.raw || !node.value.includes('${')) return { value: node.value, at: node.at };
    const value = has(walk.unit, 'encoded-character') ? decodeCharacters(node.value) : node.value;
    return interpolates(walk.unit) && !isPlain(value) ? null : { value, at: node.at };
  }
  if (node.node !== 'path' || lookUp(walk.scope, node.name) !== null) return null;
  const global = walk.world.globals.get(node.name);
  if (global?.node.scope !== 'const' || global.node.value.node !== 'string') return null;
  const { value, raw } = global.node.value;
  return raw || !value.includes('${') ? { value, at: node.at } : null;
}

/** Nothing in it is filled in. */
const isPlain = (text: string): boolean => piecesOf(text).every(({ piece }) => piece === 'text');

/** All literals in a string or list. */
export function literalTexts(walk: Walk, node: ArgumentNode): readonly Text[] {
  const nodes = node.node === 'list' ? node.items : [constantList(walk, node) ?? node].flat();
  return nodes.map((item) => literalText(walk, item)).filter((text) => text !== null);
}

function constantList(walk: Walk, node: ArgumentNode) {
  if (node.node !== 'path' || lookUp(walk.scope, node.name) !== null) return null;
  const global = walk.world.globals.get(node.name);
  return global?.node.scope === 'const' && global.node.value.node === 'list' ? global.node.value.items : null;
}

/** A regular expression after =~ or with :regex. */
export function checkPattern(walk: Walk, node: ArgumentNode): boolean {
  warnRemotePattern(walk, node);
  let good = true;
  for (const { value, at } of literalTexts(walk, node)) {
    const problem = regexProblem(value);
    if (problem !== null) good = error(walk.unit, 'MFL-LIT-001', at, `regular expression: ${problem}`);
  }
  return good;
}

function warnRemotePattern(walk: Walk, node: ArgumentNode): void {
  if (walk.unit.sieve || node.node !== 'string' || node.raw) return;
  for (const piece of piecesOf(node.value)) {
    if (piece.piece !== 'name' || !PROPERTIES.get(piece.name)?.remote) continue;
    const message = `the other side chooses ${piece.name}: put quote_regex(${piece.name}) into a pattern`;
    warning(walk.unit, 'MFL-WARN-004', node.at, message);
  }
}

const HASHES: ReadonlySet<string> = new Set(['sha256']);

/** What is wrong with one literal; `later` for a table that cannot be read yet. */
const JUDGES: Readonly<Record<Exclude<FunctionLiteral, 'capture'>, (text: string) => string | null>> = {
  pattern: regexProblem,
  network: (text) => (isNetwork(text) ? null : `'${text}' is no IP address or network`),
  networks: (text) => (isNetwork(text) ? null : `'${text}' is no IP address or network`),
  'dns-zone': (text) => (isDnsZone(text) ? null : `'${text}' is no DNS zone`),
  'dns-zones': (text) => (isDnsZone(text) ? null : `'${text}' is no DNS zone`),
  'map-uri': mapProblem,
  'header-name': (text) => (isHeaderName(text) ? null : `'${text}' is no header name`),
  'hash-name': (text) => (HASHES.has(text) ? null : `no hash is called '${text}': there is sha256`),
  'tag-name': (text) => (text === '' ? 'a tag needs a name' : null),
};

const CODES: Readonly<Record<Exclude<FunctionLiteral, 'capture'>, string>> = {
  pattern: 'MFL-LIT-001',
  network: 'MFL-LIT-002',
  networks: 'MFL-LIT-002',
  'dns-zone': 'MFL-LIT-003',
  'dns-zones': 'MFL-LIT-003',
  'map-uri': 'MFL-LIT-004',
  'header-name': 'MFL-LIT-005',
  'hash-name': 'MFL-LIT-006',
  'tag-name': 'MFL-LIT-007',
};

/** The highest number of what a match can leave behind. */
export const CAPTURES = 31;

export function checkFunctionLiteral(walk: Walk, node: ArgumentNode, kind: FunctionLiteral): void {
  if (kind === 'capture') {
    if (node.node === 'number' && (!Number.isInteger(node.value) || node.value > CAPTURES)) {
      error(walk.unit, 'MFL-LIT-008', node.at, `matches are numbered from 0 to ${CAPTURES}`);
    }
    return;
  }
  for (const { value, at } of literalTexts(walk, node)) {
    const problem = JUDGES[kind](value);
    if (problem === 'later') {
      const message = `'${value}': tables of this kind cannot be read yet, so asking is an error at run time`;
      warning(walk.unit, 'MFL-WARN-010', at, message);
    } else if (problem !== null) {
      error(walk.unit, CODES[kind], at, problem);
    }
  }
}
