// Arguments of a command or test against its signature: tags known, allowed, given once and with a value of the right type, no two
// of a group; positional arguments complete and of the right types. One mistake is told for each command or test. In Sieve tags
// come first (RFC 5228 §2.6); MFL's own commands take them anywhere.

import type { ArgumentType, PositionalSignature, Signature, TagSignature } from '../commands/index.ts';
import type { ArgumentNode, CommandNode, TagNode, TestNode } from '../language/ast.ts';
import { argumentLiteral } from './argument-literals.ts';
import { typeOf } from './expressions.ts';
import { checkString } from './names.ts';
import { error, errorOnce, has, type Walk } from './walk.ts';

type Called = CommandNode | TestNode;

/** "keep action", "header test" … */
export function title(node: Called, signature: Signature): string {
  const kind = signature.kind === 'test' ? 'test' : signature.kind === 'control' ? 'command' : 'action';
  return `${node.name} ${kind}`;
}

const NAMES: Readonly<Record<ArgumentType, string>> = {
  string: 'a string',
  number: 'a number',
  list: 'a string list',
};

export function checkArguments(walk: Walk, node: Called, signature: Signature): boolean {
  const given = node.arguments;
  const seen = new Map<string, TagNode>();
  const positional: ArgumentNode[] = [];
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as ArgumentNode;
    if (argument.node !== 'tag') {
      positional.push(argument);
      continue;
    }
    const tag = checkTag(walk, node, signature, argument);
    if (tag === null) return false;
    if (positional.length > 0 && !(signature.looseTags && !walk.unit.sieve)) {
      const message = `':${argument.name}' has to stand before the other arguments of the ${title(node, signature)}`;
      return error(walk.unit, 'SIEVE-ARG-004', argument.at, message);
    }
    if (seen.has(argument.name)) {
      return error(walk.unit, 'SIEVE-ARG-005', argument.at, `':${argument.name}' is given twice`);
    }
    seen.set(argument.name, argument);
    if (tag.value === null) continue;
    const value = given[++i];
    if (!checkTagValue(walk, argument, tag, tag.value, value)) return false;
  }
  return checkTags(walk, node, signature, seen) && checkPositional(walk, node, signature, positional, seen);
}

function checkTag(walk: Walk, node: Called, signature: Signature, tag: TagNode): TagSignature | null {
  const known = Object.hasOwn(signature.tags, tag.name) ? signature.tags[tag.name] : undefined;
  const what = title(node, signature);
  const key = `tag ${node.name} ${tag.name}`;
  if (known === undefined || (known.mfl && walk.unit.sieve)) {
    const message = `unknown tagged argument ':${tag.name}' for the ${what} (told only once)`;
    errorOnce(walk.unit, key, 'SIEVE-ARG-001', tag.at, message);
    return null;
  }
  if (known.needs && !has(walk.unit, known.needs)) {
    const message = `unknown tagged argument ':${tag.name}' for the ${what} without require "${known.needs}" (told only once)`;
    errorOnce(walk.unit, key, 'SIEVE-REQ-003', tag.at, message);
    return null;
  }
  return known;
}

function checkTagValue(
  walk: Walk,
  tag: TagNode,
  signature: TagSignature,
  wanted: ArgumentType,
  value: ArgumentNode | undefined,
): boolean {
  if (value === undefined || value.node === 'tag') {
    return error(walk.unit, 'SIEVE-ARG-002', tag.at, `':${tag.name}' takes ${NAMES[wanted]}`);
  }
  if (!checkType(walk, value, wanted, `':${tag.name}' takes ${NAMES[wanted]}`)) return false;
  return !signature.literal || argumentLiteral(walk, signature.literal, value, tag.name);
}

function checkTags(
  walk: Walk,
  node: Called,
  signature: Signature,
  seen: ReadonlyMap<string, TagNode>,
): boolean {
  const groups = new Map<string, string>();
  for (const [name, tag] of seen) {
    const known = signature.tags[name];
    if (known?.with && !seen.has(known.with)) {
      return error(walk.unit, 'SIEVE-ARG-007', tag.at, `':${name}' needs ':${known.with}' beside it`);
    }
    if (!known?.group) continue;
    const other = groups.get(known.group);
    if (other !== undefined) {
      const message = `':${other}' and ':${name}' exclude each other: the ${title(node, signature)} takes one ${known.group}`;
      return error(walk.unit, 'SIEVE-ARG-006', tag.at, message);
    }
    groups.set(known.group, name);
  }
  for (const group of signature.requiredGroups ?? []) {
    if (groups.has(group)) continue;
    const tags = Object.keys(signature.tags).filter((name) => signature.tags[name]?.group === group);
    const message = `the ${title(node, signature)} needs ${tags.map((name) => `':${name}'`).join(' or ')}`;
    return error(walk.unit, 'SIEVE-ARG-008', node.at, message);
  }
  return true;
}

function checkPositional(
  walk: Walk,
  node: Called,
  signature: Signature,
  given: readonly ArgumentNode[],
  tags: ReadonlyMap<string, TagNode>,
): boolean {
  const wanted = placesFor(signature.positional, given.length);
  const what = title(node, signature);
  for (const [i, argument] of given.entries()) {
    const place = wanted[i];
    if (place === undefined) {
      const message = `the ${what} takes ${wanted.length} argument${wanted.length === 1 ? '' : 's'}; this one is too many`;
      return error(walk.unit, 'SIEVE-ARG-009', argument.at, message);
    }
    const message = `the ${what} takes ${NAMES[place.type]} as argument ${i + 1} (${place.name})`;
    if (place.needs && !has(walk.unit, place.needs)) {
      const needs = `argument ${i + 1} (${place.name}) of the ${what} needs require "${place.needs}"`;
      return error(walk.unit, 'SIEVE-REQ-005', argument.at, needs);
    }
    if (!checkType(walk, argument, place.type, message)) return false;
  }
  const missing = wanted[given.length];
  if (missing !== undefined) {
    const message = `the ${what} lacks argument ${given.length + 1}: ${NAMES[missing.type]} (${missing.name})`;
    return error(walk.unit, 'SIEVE-ARG-003', node.at, message);
  }
  let good = true;
  for (const [i, argument] of given.entries()) {
    const { literal, unless } = wanted[i] ?? {};
    if (unless !== undefined && tags.has(unless)) continue;
    if (literal && !argumentLiteral(walk, literal, argument, node.name)) good = false;
  }
  return good;
}

/** The places that this many arguments fill: optional ones are left out when there are too few. */
export function placesFor(
  places: readonly PositionalSignature[],
  count: number,
): readonly PositionalSignature[] {
  const needed = places.filter((place) => !place.optional).length;
  let spare = Math.max(0, count - needed);
  return places.filter((place) => !place.optional || spare-- > 0);
}

/** The type of one argument, strings searched for names. Lists of one string and single strings are the same to Sieve. */
function checkType(walk: Walk, argument: ArgumentNode, wanted: ArgumentType, message: string): boolean {
  if (argument.node === 'tag') return error(walk.unit, 'SIEVE-ARG-002', argument.at, message);
  if (walk.unit.sieve) return checkSieveType(walk, argument, wanted, message);
  const type = typeOf(walk, argument);
  const fine = type === wanted || type === 'unknown' || (wanted === 'list' && type === 'string');
  return fine || error(walk.unit, 'SIEVE-ARG-002', argument.at, `${message}, not a ${type}`);
}

function checkSieveType(walk: Walk, argument: ArgumentNode, wanted: ArgumentType, message: string): boolean {
  if (argument.node === 'string') {
    if (wanted === 'number')
      return error(walk.unit, 'SIEVE-ARG-002', argument.at, `${message}, not a string`);
    return checkString(walk, argument);
  }
  if (argument.node === 'list' && wanted === 'list') {
    return argument.items.every((item) => item.node !== 'string' || checkString(walk, item));
  }
  const fine = argument.node === 'number' && wanted === 'number';
  return fine || error(walk.unit, 'SIEVE-ARG-002', argument.at, `${message}, not a ${shown(argument)}`);
}

const shown = (argument: ArgumentNode): string => (argument.node === 'list' ? 'string list' : argument.node);
