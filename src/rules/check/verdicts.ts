// Verdicts: where each may stand, and whether its code, status and text agree with it. A rejection is 5xx, a deferral 4xx, and an
// enhanced status begins with the same digit (RFC 2034 §4). At the greeting RFC 5321 §4.3.2 has few codes to choose
// from. In a Sieve main script `reject`, `ereject` and `discard` are plain actions and take nothing of this.

import { bind, codeClasses, codeFits, isGreetingCode, type Signature } from '../commands/index.ts';
import type { ArgumentNode, CommandNode } from '../language/ast.ts';
import type { HookName } from '../program.ts';
import { literalText } from './constants.ts';
import { error, type Walk } from './walk.ts';

const SIEVE_VERDICTS: ReadonlySet<string> = new Set(['reject', 'ereject', 'discard']);

export function checkVerdict(walk: Walk, node: CommandNode, signature: Signature): boolean {
  const { unit } = walk;
  if (walk.place === 'main') {
    if (!SIEVE_VERDICTS.has(node.name)) {
      return error(unit, 'MFL-VERDICT-005', node.at, `'${node.name}' is a verdict: it stands in a hook`);
    }
    const [tag] = bind(node).tags.keys();
    if (tag === undefined) return true;
    return error(unit, 'MFL-VERDICT-005', node.at, `':${tag}' is for verdicts in a hook`);
  }
  const code = codeOf(node);
  const hooks = signature.hooks ?? [];
  const allowed = code !== null && !isGreetingCode(code) ? hooks.filter((hook) => hook !== 'connect') : hooks;
  const what = code === null || allowed === hooks ? `'${node.name}'` : `'${node.name}' with code ${code}`;
  walk.body.uses.push({ what, hooks: allowed as readonly HookName[], at: node.at });
  return checkReply(walk, node);
}

/** Code, status and text of a verdict, or of an action that may end in one. */
export function checkReply(walk: Walk, node: CommandNode): boolean {
  const { unit } = walk;
  const { tags, positional } = bind(node);
  const classes = codeClasses(node.name);
  if (classes === undefined) return true;
  const codeNode = tags.get('code');
  const code = codeOf(node);
  if (codeNode && code !== null && !codeFits(code, classes)) {
    const range = classes.map((first) => `${first}xx`).join(' or ');
    return error(unit, 'MFL-VERDICT-001', codeNode.at, `'${node.name}' answers with ${range}, not ${code}`);
  }
  if (node.name === 'reply' && codeNode === undefined) {
    return error(unit, 'MFL-VERDICT-006', node.at, "'reply' needs ':code'");
  }
  const status = tags.get('status');
  return (!status || statusFits(walk, node, status, code, classes)) && textFits(walk, positional[0]);
}

function codeOf(node: CommandNode): number | null {
  const code = bind(node).tags.get('code');
  return code?.node === 'number' ? code.value : null;
}

function statusFits(
  walk: Walk,
  node: CommandNode,
  status: ArgumentNode,
  code: number | null,
  classes: readonly number[],
): boolean {
  const text = literalText(walk, status);
  if (text === null) return true;
  // A code that is computed may be of any class the verdict has.
  const computed = bind(node).tags.has('code') && code === null;
  const wanted = code === null ? (computed ? classes : classes.slice(0, 1)) : [Math.floor(code / 100)];
  if (wanted.includes(Number(text.value[0]))) return true;
  const message = `status ${text.value} does not go with ${code ?? `${wanted.join('xx or ')}xx`}; the first digits have to agree`;
  return error(walk.unit, 'MFL-VERDICT-002', text.at, message);
}

/** A code inside the text is one the program would not know of. */
function textFits(walk: Walk, node: ArgumentNode | undefined): boolean {
  if (node?.node !== 'string') return true;
  const digits = /^\s*(?:([245][0-9][0-9])(?=[ -]|$)|([245]\.[0-9]+\.[0-9]+)(?=\s|$))/.exec(node.value);
  if (digits === null) return true;
  const [tag, value] = digits[1] ? [':code', digits[1]] : [':status', `"${digits[2]}"`];
  return error(
    walk.unit,
    'MFL-VERDICT-004',
    node.at,
    `the text begins with a code: write ${tag} ${value} before it`,
  );
}
