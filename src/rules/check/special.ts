// Commands with rules of their own beyond their arguments: `require`, the controls of included scripts, variables, loops over MIME
// parts. Each check is given a command whose arguments are right. Follows RFC 5228 §3.2, RFC 5229 §4, RFC 5703 §3 and §7,
// RFC 6609 §3.

import { type Bound, bind, withImplied } from '../commands/index.ts';
import type { ArgumentNode, CommandNode } from '../language/ast.ts';
import { knowsCapability } from './commands.ts';
import { literalTexts } from './constants.ts';
import { checkInclude } from './include.ts';
import { error, has, type Walk, warning } from './walk.ts';

type Special = (walk: Walk, node: CommandNode) => boolean;

function require(walk: Walk, node: CommandNode): boolean {
  const [list] = bind(node).positional;
  let good = true;
  for (const { value, at } of list ? literalsOf(list) : []) {
    if (!knowsCapability(walk, value)) {
      good = error(walk.unit, 'SIEVE-REQ-001', at, `require: no capability is called '${value}' here`);
    } else {
      for (const name of withImplied(value)) walk.unit.capabilities.add(name);
    }
  }
  return good;
}

/** As written: nothing is filled in before `require` has said so. */
function literalsOf(node: ArgumentNode): readonly { readonly value: string; readonly at: number }[] {
  if (node.node === 'list') return node.items.filter((item) => item.node === 'string');
  return node.node === 'string' ? [node] : [];
}

function namesIn(
  walk: Walk,
  { positional }: Bound,
): readonly { readonly value: string; readonly at: number }[] {
  const [first] = positional;
  return first ? literalTexts(walk, first) : [];
}

function set(walk: Walk, node: CommandNode): boolean {
  for (const { value } of namesIn(walk, bind(node)).slice(0, 1)) walk.sets.add(value.toLowerCase());
  return true;
}

/** RFC 6609 §3.4.1: before the variable is used, and with `variables` in force. */
function global(walk: Walk, node: CommandNode): boolean {
  if (!has(walk.unit, 'variables')) {
    return error(walk.unit, 'SIEVE-REQ-005', node.at, 'the global command needs require "variables" as well');
  }
  let good = true;
  for (const { value, at } of namesIn(walk, bind(node))) {
    const name = value.toLowerCase();
    if (walk.sets.has(name)) {
      good = error(
        walk.unit,
        'SIEVE-STRUCT-010',
        at,
        `'${value}' is in use as a variable of this script already`,
      );
    } else if (walk.globals.has(name)) {
      warning(walk.unit, 'SIEVE-WARN-001', at, `'${value}' is declared global already`);
    }
    walk.globals.add(name);
  }
  return good;
}

function breakLoop(walk: Walk, node: CommandNode): boolean {
  const name = bind(node).tags.get('name');
  if (name == null) {
    if (walk.inLoop || walk.parts.length > 0) return true;
    return error(walk.unit, 'SIEVE-STRUCT-008', node.at, 'break stands inside a loop only');
  }
  const [text] = literalTexts(walk, name);
  if (text === undefined || walk.parts.includes(text.value)) return true;
  return error(
    walk.unit,
    'SIEVE-STRUCT-008',
    text.at,
    `no foreverypart around this is called '${text.value}'`,
  );
}

function continueLoop(walk: Walk, node: CommandNode): boolean {
  return walk.inLoop || error(walk.unit, 'SIEVE-STRUCT-008', node.at, 'continue stands inside a loop only');
}

function extractText(walk: Walk, node: CommandNode): boolean {
  if (!has(walk.unit, 'variables')) {
    return error(
      walk.unit,
      'SIEVE-REQ-005',
      node.at,
      'the extracttext action needs require "variables" as well',
    );
  }
  if (walk.parts.length > 0) return true;
  return error(
    walk.unit,
    'SIEVE-STRUCT-009',
    node.at,
    'the extracttext action stands inside foreverypart only',
  );
}

/** RFC 6609 §3.3; in MFL `return` ends a hook or function. */
function giveBack(walk: Walk, node: CommandNode): boolean {
  if (walk.returns === null || walk.returns === 'void') return true;
  return error(walk.unit, 'MFL-TYPE-005', node.at, `return has to give a ${walk.returns}`);
}

export const SPECIAL_COMMANDS: ReadonlyMap<string, Special> = new Map([
  ['require', require],
  ['include', checkInclude],
  ['global', global],
  ['set', set],
  ['break', breakLoop],
  ['continue', continueLoop],
  ['extracttext', extractText],
  ['return', giveBack],
]);
