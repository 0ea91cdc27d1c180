// Match types, comparators and what they are put to: which combinations mean something, patterns that have to compile, headers that
// hold addresses, counted indexes. Follows RFC 4790 §4.2 (operations of a comparator), RFC 5228 §2.7 and §5.1, RFC 5260 §6,
// RFC 6009 §4 and the regex draft.

import type { Bound } from '../commands/index.ts';
import type { CommandNode, TestNode } from '../language/ast.ts';
import { checkPattern, literalTexts } from './constants.ts';
import { isAddressHeader, isHeaderName } from './literals.ts';
import { error, type Walk } from './walk.ts';

const SUBSTRING_TYPES = ['contains', 'matches', 'regex'] as const;

export function checkMatching(
  walk: Walk,
  node: CommandNode | TestNode,
  { tags, positional }: Bound,
): boolean {
  const comparator = tags.get('comparator');
  const named = comparator ? literalTexts(walk, comparator)[0]?.value : undefined;
  const substring = SUBSTRING_TYPES.find((type) => tags.has(type));
  if (named === 'i;ascii-numeric' && substring !== undefined) {
    const message = `the comparator 'i;ascii-numeric' compares numbers: it cannot be used with ':${substring}'`;
    return error(walk.unit, 'SIEVE-MATCH-001', node.at, message);
  }
  const keys = positional.at(-1);
  if (tags.has('regex') && keys !== undefined && !checkPattern(walk, keys)) return false;
  const index = tags.get('index');
  if (index?.node === 'number' && !(index.value >= 1)) {
    return error(walk.unit, 'SIEVE-ARG-012', index.at, "':index' counts from 1");
  }
  if (node.name === 'address') return checkAddressHeaders(walk, positional);
  return node.name !== 'envelope' || checkEnvelopeParts(walk, node, { tags, positional });
}

function checkAddressHeaders(walk: Walk, positional: Bound['positional']): boolean {
  const [headers] = positional;
  if (headers === undefined) return true;
  for (const { value, at } of literalTexts(walk, headers)) {
    if (!isHeaderName(value) || isAddressHeader(value)) continue;
    return error(
      walk.unit,
      'SIEVE-LIT-015',
      at,
      `the header '${value}' holds no addresses; use the header test`,
    );
  }
  return true;
}

const ADDRESS_PARTS = ['localpart', 'domain', 'user', 'detail'] as const;

/** Parts of the envelope that are no addresses have no parts of their own. */
function checkEnvelopeParts(walk: Walk, node: CommandNode | TestNode, { tags, positional }: Bound): boolean {
  const [parts] = positional;
  const split = ADDRESS_PARTS.find((part) => tags.has(part));
  if (split === undefined || parts === undefined) return true;
  for (const { value, at } of literalTexts(walk, parts)) {
    if (['from', 'to', 'auth', 'orcpt'].includes(value.toLowerCase())) continue;
    return error(
      walk.unit,
      'SIEVE-ARG-013',
      at,
      `':${split}' of '${value}', which is no address, in the ${node.name} test`,
    );
  }
  return true;
}
