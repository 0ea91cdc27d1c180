// One command or test: known here, its arguments right, and whatever its name alone calls for. What it needs of the hook it is
// used at is noted for later. In a Sieve script everything beyond the base language has to be required first
// (RFC 5228 §3.2); what an `ihave` shows to be absent is not looked at (RFC 5463 §4).

import {
  bind,
  CAPABILITIES,
  commandSignature,
  EXTRA_CAPABILITIES,
  type Signature,
  testSignature,
  withImplied,
} from '../commands/index.ts';
import type { CommandNode, ExprNode, TestNode } from '../language/ast.ts';
import { checkArguments, title } from './arguments.ts';
import { literalTexts } from './constants.ts';
import { expectCondition } from './expressions.ts';
import { checkMatching } from './matching.ts';
import { SPECIAL_COMMANDS } from './special.ts';
import { checkVerdict } from './verdicts.ts';
import { error, errorOnce, has, isKnownCapability, type Walk } from './walk.ts';

type Called = CommandNode | TestNode;

export function checkTest(walk: Walk, node: TestNode): boolean {
  const signature = usable(walk, node, testSignature(node.name));
  if (signature === null) return false;
  let good = checkArguments(walk, node, signature);
  if (good) good = checkMatching(walk, node, bind(node));
  if (good && node.name === 'ihave') good = checkIhave(walk, node);
  if (!checkShape(walk, node, signature)) return false;
  return checkTests(walk, node) && good;
}

/** Without its block, which is the statement checker's. */
export function checkCommand(walk: Walk, node: CommandNode): boolean {
  const signature = usable(walk, node, commandSignature(node.name));
  if (signature === null) return false;
  let good = checkArguments(walk, node, signature);
  if (good && node.name === 'deleteheader') good = checkMatching(walk, node, bind(node));
  if (good && signature.kind === 'verdict') good = checkVerdict(walk, node, signature);
  const special = SPECIAL_COMMANDS.get(node.name);
  if (good && special) good = special(walk, node);
  if (signature.topLevel && !walk.top) {
    good = error(
      walk.unit,
      'SIEVE-STRUCT-007',
      node.at,
      `${node.name} stands at the top level of a script only`,
    );
  }
  if (!checkShape(walk, node, signature)) return false;
  return checkTests(walk, node) && good;
}

function usable(walk: Walk, node: Called, signature: Signature | undefined): Signature | null {
  const { unit } = walk;
  const kind = node.node === 'test' ? 'test' : 'command';
  if (signature === undefined || (signature.mfl && unit.sieve)) {
    const key = `${kind} ${node.name}`;
    errorOnce(
      unit,
      key,
      kind === 'test' ? 'MFL-NAME-002' : 'MFL-NAME-001',
      node.at,
      unknown(kind, node.name),
    );
    return null;
  }
  const { capability } = signature;
  if (capability !== null && !has(unit, capability) && !(node.name === 'break' && !unit.sieve)) {
    const message = `the ${title(node, signature)} needs require "${capability}" (told only once)`;
    errorOnce(unit, `${kind} ${node.name}`, 'SIEVE-REQ-002', node.at, message);
    return null;
  }
  if (signature.kind !== 'verdict' && signature.hooks !== null) {
    walk.body.uses.push({ what: `the ${title(node, signature)}`, hooks: signature.hooks, at: node.at });
  }
  return signature;
}

function unknown(kind: 'test' | 'command', name: string): string {
  if (kind === 'test' && commandSignature(name)) return `'${name}' is no test but a command (told only once)`;
  if (kind === 'command' && testSignature(name)) return `'${name}' is no command but a test (told only once)`;
  return `unknown ${kind} '${name}' (told only once)`;
}

/** The tests and the block it takes, or does not. */
function checkShape(walk: Walk, node: Called, signature: Signature): boolean {
  const { unit } = walk;
  const what = title(node, signature);
  const count = node.tests.length;
  if (signature.tests === 'none' && count > 0) {
    return error(unit, 'SIEVE-STRUCT-004', node.tests[0]?.at ?? node.at, `the ${what} takes no tests`);
  }
  if (signature.tests === 'one' && count !== 1) {
    return error(unit, 'SIEVE-STRUCT-004', node.at, `the ${what} takes one test, not ${count}`);
  }
  if (signature.tests === 'list' && count === 0) {
    return error(unit, 'SIEVE-STRUCT-004', node.at, `the ${what} takes a list of tests in parentheses`);
  }
  if (node.node === 'test' || signature.block === (node.block !== null)) return true;
  const message = signature.block
    ? `the ${what} takes a block: { ... }`
    : `the ${what} takes no block and ends with ";"`;
  return error(unit, 'SIEVE-STRUCT-005', node.at, message);
}

/** Tests behind a test that is settled at compile time are looked at only as far as they can be reached. */
function checkTests(walk: Walk, node: Called): boolean {
  let good = true;
  for (const test of node.tests) {
    good = expectCondition(walk, test) && good;
    const settled = constantOf(walk, test);
    if (node.name === 'allof' && settled === false) break;
    if (node.name === 'anyof' && settled === true) break;
  }
  return good;
}

export function knowsCapability(walk: Walk, name: string): boolean {
  return EXTRA_CAPABILITIES.has(name) || isKnownCapability(walk.world, name, CAPABILITIES);
}

/** RFC 5463 §4: what it finds is in force from here on, as if required. */
function checkIhave(walk: Walk, node: TestNode): boolean {
  const names = capabilitiesIn(walk, node);
  if (names === null) {
    return error(
      walk.unit,
      'SIEVE-ARG-014',
      node.at,
      'ihave is settled before the script runs: write the names out',
    );
  }
  if (names.every((name) => knowsCapability(walk, name))) {
    for (const name of names.flatMap(withImplied)) walk.unit.capabilities.add(name);
  }
  return true;
}

function capabilitiesIn(walk: Walk, node: TestNode): readonly string[] | null {
  const [list] = bind(node).positional;
  if (list === undefined) return null;
  const texts = literalTexts(walk, list);
  return texts.length === (list.node === 'list' ? list.items.length : 1)
    ? texts.map(({ value }) => value)
    : null;
}

/** What an `ihave`, or a condition made of them, comes to; null for anything that is only known at run time. */
export function constantOf(walk: Walk, node: ExprNode): boolean | null {
  if (node.node !== 'test' || !mentionsIhave(node)) return null;
  return settle(walk, node);
}

function mentionsIhave(node: ExprNode): boolean {
  return node.node === 'test' && (node.name === 'ihave' || node.tests.some(mentionsIhave));
}

function settle(walk: Walk, node: ExprNode): boolean | null {
  if (node.node !== 'test') return null;
  switch (node.name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'ihave':
      return capabilitiesIn(walk, node)?.every((name) => knowsCapability(walk, name)) ?? null;
    case 'not': {
      const [only] = node.tests;
      const value = only ? settle(walk, only) : null;
      return value === null ? null : !value;
    }
    case 'allof':
    case 'anyof': {
      const decisive = node.name === 'anyof';
      const values = node.tests.map((test) => settle(walk, test));
      if (values.includes(decisive)) return decisive;
      return values.includes(null) ? null : !decisive;
    }
    default:
      return null;
  }
}
