// One command or test: known here, its arguments right, and whatever its name alone calls for. What it needs of the hook it is
// used at is noted for later. In a Sieve script everything beyond the base language has to be required first
// (RFC 5228 §3.2); what an `ihave` shows to be absent is not looked at (RFC 5463 §4).

import {
  bind,
  CAPABILITIES,
  COMMANDS_LATER,
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
import { notYet } from './names.ts';
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
  if (!checkTestShape(walk, node, signature)) return false;
  return checkTests(walk, node) && good;
}

/**
 * Without what is in its block, which is the statement checker's. `unknown`: nothing is known of the command here, so
 * nobody can say what its block would mean.
 */
export function checkCommand(walk: Walk, node: CommandNode): 'good' | 'bad' | 'unknown' {
  const signature = usable(walk, node, commandSignature(node.name));
  if (signature === null) return 'unknown';
  const later = walk.unit.source.dialect === 'mfl' ? COMMANDS_LATER.get(node.name) : undefined;
  if (later !== undefined) notYet(walk, node.name, node.at, later);
  return checkKnown(walk, node, signature) ? 'good' : 'bad';
}

function checkKnown(walk: Walk, node: CommandNode, signature: Signature): boolean {
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
  if (!checkTestShape(walk, node, signature)) return false;
  good = good && checkBlockShape(walk, node, signature);
  return checkTests(walk, node) && good;
}

function usable(walk: Walk, node: Called, signature: Signature | undefined): Signature | null {
  const { unit } = walk;
  const kind = node.node === 'test' ? 'test' : 'command';
  if (signature === undefined || (signature.mfl && unit.sieve)) {
    tellUnknown(walk, node, kind);
    return null;
  }
  const { capability } = signature;
  if (capability !== null && !has(unit, capability) && !(node.name === 'break' && !unit.sieve)) {
    const message = `the ${title(node, signature)} needs require "${capability}" (told only once)`;
    errorOnce(unit, node.name, 'SIEVE-REQ-002', node.at, message);
    return null;
  }
  if (signature.kind !== 'verdict' && signature.hooks !== null) {
    walk.body.uses.push({ what: `the ${title(node, signature)}`, hooks: signature.hooks, at: node.at });
  }
  return signature;
}

/** A name nobody knows is told of once, whatever it is used as; one that is in force as the other kind each time. */
function tellUnknown(walk: Walk, { name, at }: Called, kind: 'test' | 'command'): void {
  const { unit } = walk;
  const code = kind === 'test' ? 'MFL-NAME-002' : 'MFL-NAME-001';
  const other = kind === 'test' ? commandSignature(name) : testSignature(name);
  const inForce = other && !(other.mfl && unit.sieve) && (!other.capability || has(unit, other.capability));
  if (inForce) {
    error(unit, code, at, `'${name}' is no ${kind} but a ${kind === 'test' ? 'command' : 'test'}`);
  } else {
    errorOnce(unit, name, code, at, `unknown ${kind} '${name}' (told only once)`);
  }
}

/** The tests it takes, or does not: RFC 5228 §5.2 and §5.3 want a list in parentheses, nothing else takes one. */
function checkTestShape(walk: Walk, node: Called, signature: Signature): boolean {
  const { unit } = walk;
  const what = title(node, signature);
  const count = node.tests.length;
  const list = node.list === true;
  if (signature.tests === 'none' && count > 0) {
    return error(unit, 'SIEVE-STRUCT-004', node.tests[0]?.at ?? node.at, `the ${what} takes no tests`);
  }
  if (signature.tests === 'one' && (count !== 1 || list)) {
    const found = list ? 'a list in parentheses' : String(count);
    return error(unit, 'SIEVE-STRUCT-004', node.at, `the ${what} takes one test, not ${found}`);
  }
  if (signature.tests === 'list' && (count === 0 || !list)) {
    return error(unit, 'SIEVE-STRUCT-004', node.at, `the ${what} takes a list of tests in parentheses`);
  }
  return true;
}

function checkBlockShape(walk: Walk, node: CommandNode, signature: Signature): boolean {
  if (signature.block === (node.block !== null)) return true;
  const what = title(node, signature);
  const message = signature.block
    ? `the ${what} takes a block: { ... }`
    : `the ${what} takes no block and ends with ";"`;
  return error(walk.unit, 'SIEVE-STRUCT-005', node.at, message);
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
