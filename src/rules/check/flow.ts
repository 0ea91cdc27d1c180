// Ways through a block: whether it always ends before its last line (then what follows is never reached, and a function has
// returned), and whether an `accept` for a recipient stands behind a test of who is asking. Verdicts end a hook, unless
// they are only tried out (`:dryrun`). Nothing here knows values: `if (true)` is a condition like any other.

import { bind } from '../commands/index.ts';
import { piecesOf } from '../interpreter/template.ts';
import type { ArgumentNode, CommandNode, StatementNode } from '../language/ast.ts';
import { type Unit, warning } from './walk.ts';

const ENDING: ReadonlySet<string> = new Set([
  'accept',
  'reject',
  'ereject',
  'defer',
  'tempfail',
  'drop',
  'discard',
  'quarantine',
  'reply',
  'user_filter',
  'stop',
  'return',
  'error',
]);

function endsHere(node: StatementNode): boolean {
  if (node.node === 'return') return true;
  return node.node === 'command' && ENDING.has(node.name) && !bind(node).tags.has('dryrun');
}

/** Hands out, for each statement, whether everything before it has ended. */
function* paths(
  block: readonly StatementNode[],
): Generator<{ node: StatementNode; after: boolean }, boolean> {
  let ended = false;
  // Whether all branches of the chain of `if` so far end.
  let branches = false;
  for (const node of block) {
    yield { node, after: ended };
    if (endsHere(node)) ended = true;
    if (node.node !== 'command') continue;
    if (node.name === 'if') branches = alwaysEnds(node.block ?? []);
    else if (node.name === 'elsif') branches &&= alwaysEnds(node.block ?? []);
    else if (node.name === 'else') ended ||= branches && alwaysEnds(node.block ?? []);
  }
  return ended;
}

/** No way leads through to the end of the block. */
export function alwaysEnds(block: readonly StatementNode[]): boolean {
  const walk = paths(block);
  for (;;) {
    const next = walk.next();
    if (next.done) return next.value;
  }
}

/** Statements that are never reached: told of once for each block. */
export function warnFlow(unit: Unit, block: readonly StatementNode[]): void {
  let told = false;
  for (const { node, after } of paths(block)) {
    if (after && !told) {
      warning(unit, 'MFL-WARN-001', node.at, 'this is never reached');
      told = true;
    }
    const inner = 'block' in node ? node.block : null;
    if (inner) warnFlow(unit, inner);
  }
}

/** What tells a client or recipient of ours from others. */
const GUARDS: ReadonlySet<string> = new Set([
  'rcpt.is_local',
  'rcpt.domain',
  'rcpt.address',
  'client.relay',
  'client.ip',
  'auth.user',
  'auth.ok',
  'map',
  'map_or',
  'map_has',
  'map_addr',
  'user_exists',
  'may_send_as',
  'aliases',
]);

function mentionsGuard(node: ArgumentNode): boolean {
  switch (node.node) {
    case 'path':
      return GUARDS.has(node.name);
    case 'call':
      return GUARDS.has(node.name) || node.arguments.some(mentionsGuard);
    case 'string':
      return (
        !node.raw && piecesOf(node.value).some((piece) => piece.piece === 'name' && GUARDS.has(piece.name))
      );
    case 'list':
      return node.items.some(mentionsGuard);
    case 'binary':
      return mentionsGuard(node.left) || mentionsGuard(node.right);
    case 'unary':
      return mentionsGuard(node.operand);
    case 'index':
      return mentionsGuard(node.list) || mentionsGuard(node.index);
    case 'test':
      return node.name === 'envelope' || node.arguments.some(mentionsGuard) || node.tests.some(mentionsGuard);
    default:
      return false;
  }
}

/** Plain `accept` at rcpt that nothing stands before: it is refused for foreign recipients, which may not be meant. */
export function warnAccept(unit: Unit, block: readonly StatementNode[], guarded = false): void {
  let guard = guarded;
  for (const node of block) {
    // A value somebody looked up before counts: the variable it went into is what is tested.
    if (node.node === 'local' && mentionsGuard(node.value)) guard = true;
    if (node.node !== 'command') {
      if ('block' in node) warnAccept(unit, node.block, guard);
      continue;
    }
    if (node.name === 'accept' && !guard && isPlain(node)) {
      const message =
        'accept without a test of recipient or client: it only holds for recipients of ours; see :local and :relay';
      warning(unit, 'MFL-WARN-008', node.at, message);
    }
    const tested = node.tests.some(mentionsGuard);
    if (node.block) warnAccept(unit, node.block, guard || tested);
    if (tested) guard = true;
  }
}

function isPlain(node: CommandNode): boolean {
  const { tags } = bind(node);
  return !tags.has('local') && !tags.has('relay');
}
