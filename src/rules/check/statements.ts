// Statements and blocks: declarations, assignments, loops, `return`, chains of `if`, and everything that is a command. A block is a
// scope. Follows the grammar and static semantics of the language reference; for Sieve RFC 5228 §3.1 (elsif and else follow an
// if) and §3.2 (require comes first).

import { hooksBetween, isSettingLater, PROPERTIES, type Setting, setting } from '../commands/index.ts';
import type {
  AssignNode,
  CommandNode,
  ForeachNode,
  LocalNode,
  ReturnNode,
  StatementNode,
} from '../language/ast.ts';
import { checkCommand, constantOf } from './commands.ts';
import { literalText } from './constants.ts';
import { expectCondition, expectType, typeOf, typeOfCall } from './expressions.ts';
import { find, type Named, nameProblem, notYet, unknownName } from './names.ts';
import { checkReply } from './verdicts.ts';
import { declare, error, innerWalk, type Walk, warning, warnUnused } from './walk.ts';

/** What may follow: an elsif or else only behind an if; behind one that is always taken nothing more is looked at. */
type Chain = 'none' | 'open' | 'taken';

/** A block in a scope of its own. */
export function checkBlock(walk: Walk, block: readonly StatementNode[], change: Partial<Walk> = {}): void {
  const inner = innerWalk(walk, change);
  checkStatements(inner, block);
  warnUnused(inner);
}

export function checkStatements(walk: Walk, statements: readonly StatementNode[]): void {
  let chain: Chain = 'none';
  let requiring = walk.top;
  for (const statement of statements) {
    if (statement.node === 'command' && statement.name === 'require') {
      if (!requiring) misplacedRequire(walk, statement);
    } else {
      requiring = false;
    }
    chain = checkStatement(walk, statement, chain);
  }
  if (walk.place === 'main') checkConflicts(walk, statements);
}

function misplacedRequire(walk: Walk, node: CommandNode): void {
  const where = walk.top ? 'before all other commands' : 'at the top of the script, not in a block';
  error(walk.unit, 'SIEVE-STRUCT-002', node.at, `require stands ${where}`);
}

function checkStatement(walk: Walk, node: StatementNode, chain: Chain): Chain {
  switch (node.node) {
    case 'command':
      return checkCommandStatement(walk, node, chain);
    case 'while':
      expectCondition(walk, node.condition);
      checkBlock(walk, node.block, { inLoop: true });
      break;
    case 'foreach':
      checkForeach(walk, node);
      break;
    case 'return':
      checkReturn(walk, node);
      break;
    case 'local':
      checkLocal(walk, node);
      break;
    case 'assign':
      checkAssign(walk, node);
      break;
    case 'call-statement':
      typeOfCall(walk, node.call, false);
  }
  return 'none';
}

function checkCommandStatement(walk: Walk, node: CommandNode, chain: Chain): Chain {
  switch (node.name) {
    case 'if':
      return checkBranch(walk, node);
    case 'elsif':
    case 'else':
      if (chain === 'taken') return 'taken';
      if (chain === 'none') {
        const message = `'${node.name}' follows the block of an 'if' or 'elsif' only`;
        error(walk.unit, 'SIEVE-STRUCT-001', node.at, message);
      }
      if (node.name === 'elsif') return checkBranch(walk, node);
      checkCommand(walk, node);
      checkBlock(walk, node.block ?? []);
      return 'none';
    case 'foreverypart': {
      const checked = checkCommand(walk, node);
      if (checked === 'unknown') return 'none';
      const name = node.arguments.find((argument) => argument.node === 'string');
      const text = checked === 'good' && name ? literalText(walk, name)?.value : undefined;
      checkBlock(walk, node.block ?? [], { parts: [...walk.parts, text ?? ''] });
      return 'none';
    }
  }
  const checked = checkCommand(walk, node);
  if (checked === 'good' && REPLYING.has(node.name)) checkReply(walk, node);
  if (node.block !== null && checked !== 'unknown') checkBlock(walk, node.block);
  return 'none';
}

/** Actions that may end in a deferral. */
const REPLYING: ReadonlySet<string> = new Set(['greylist', 'ratelimit']);

function checkBranch(walk: Walk, node: CommandNode): Chain {
  checkCommand(walk, node);
  const [condition] = node.tests;
  const settled = condition ? constantOf(walk, condition) : null;
  if (settled !== false) checkBlock(walk, node.block ?? []);
  return settled === true ? 'taken' : 'open';
}

function checkForeach(walk: Walk, node: ForeachNode): void {
  expectType(walk, node.list, 'list', 'what foreach goes through');
  const inner = innerWalk(walk, { inLoop: true });
  declareVariable(inner, node.variable, 'string', node.at);
  checkBlock(inner, node.block);
  warnUnused(inner);
}

export function declareVariable(
  walk: Walk,
  name: string,
  type: LocalNode['type'],
  at: number,
  what: 'variable' | 'parameter' = 'variable',
): void {
  const problem = nameProblem(name, what);
  if (problem !== null) error(walk.unit, 'MFL-NAME-003', at, problem);
  if (type === 'void') error(walk.unit, 'MFL-TYPE-004', at, `'${name}' cannot be void`);
  declare(walk, name, type, at);
}

function checkLocal(walk: Walk, node: LocalNode): void {
  expectType(walk, node.value, node.type === 'void' ? 'unknown' : node.type, `the value of '${node.name}'`);
  declareVariable(walk, node.name, node.type, node.at);
}

function checkReturn(walk: Walk, node: ReturnNode): void {
  const wanted = walk.returns;
  if (node.value === null) {
    if (wanted === null || wanted === 'void') return;
    error(walk.unit, 'MFL-TYPE-005', node.at, `return has to give a ${wanted}`);
  } else if (wanted === null || wanted === 'void') {
    typeOf(walk, node.value);
    const what = walk.place === 'function' ? 'a void function' : 'a hook';
    error(walk.unit, 'MFL-TYPE-005', node.value.at, `${what} returns no value`);
  } else {
    expectType(walk, node.value, wanted, 'what is returned');
  }
}

function checkAssign(walk: Walk, node: AssignNode): void {
  const { target, operator } = node;
  const how = operator === '=' ? 'write' : 'read';
  const known = find(walk, target.name, target.at, how) ?? unknownName(walk, target.name, target.at);
  if (known.type !== 'unknown') checkTarget(walk, node, known);
  const wrong = operator === '-=' ? known.type !== 'number' : operator === '+=' && known.type === 'boolean';
  if (wrong && known.type !== 'unknown') {
    error(walk.unit, 'MFL-TYPE-002', node.at, `"${operator}" does not work on a ${known.type}`);
  }
  expectType(walk, node.value, wrong ? 'unknown' : known.type, `what is assigned to '${target.name}'`);
  checkSetting(walk, node);
}

function checkTarget(walk: Walk, { target }: AssignNode, known: Named): void {
  const { unit, body } = walk;
  if (known.constant) error(unit, 'MFL-NAME-009', target.at, `'${target.name}' is a constant`);
  if (known.readOnly) error(unit, 'MFL-NAME-010', target.at, `'${target.name}' can only be read`);
  const latest = settingOf(target.name)?.latest;
  const hooks = latest ? hooksBetween('init', latest) : PROPERTIES.get(target.name)?.writable;
  if (hooks) body.uses.push({ what: `assigning ${target.name}`, hooks, at: target.at });
}

const isLaterSetting = (name: string): boolean =>
  name.startsWith('control.') && isSettingLater(name.slice('control.'.length));

const settingOf = (name: string): Setting | undefined =>
  name.startsWith('control.') ? setting(name.slice('control.'.length)) : undefined;

function checkSetting(walk: Walk, { target, value }: AssignNode): void {
  if (isLaterSetting(target.name)) notYet(walk, target.name, target.at, 'nothing obeys it');
  const values = settingOf(target.name)?.values;
  const text = literalText(walk, value);
  if (values === undefined || text === null || values.includes(text.value)) return;
  const message = `'${target.name}' is one of ${values.map((one) => `"${one}"`).join(' ')}`;
  error(walk.unit, 'MFL-LIT-011', text.at, message);
}

const DELIVERING: ReadonlySet<string> = new Set(['keep', 'fileinto', 'redirect', 'vacation']);

/** RFC 5429 §2.3: a refusal goes with nothing else, and once. Seen here only when both stand in one block. */
function checkConflicts(walk: Walk, statements: readonly StatementNode[]): void {
  let refusal: CommandNode | null = null;
  let delivery: CommandNode | null = null;
  for (const node of statements) {
    if (node.node !== 'command') continue;
    const refusing = node.name === 'reject' || node.name === 'ereject';
    const other: CommandNode | null = refusing
      ? (refusal ?? delivery)
      : DELIVERING.has(node.name)
        ? refusal
        : null;
    if (other !== null) {
      const message = `'${node.name}' cannot follow '${other.name}': a refusal stands alone`;
      if (walk.unit.sieve) warning(walk.unit, 'SIEVE-WARN-002', node.at, message);
      else error(walk.unit, 'SIEVE-STRUCT-006', node.at, message);
    }
    if (refusing) refusal ??= node;
    else if (DELIVERING.has(node.name)) delivery ??= node;
  }
}
