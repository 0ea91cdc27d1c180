// The commands of a test file, as the interpreter runs them: each changes the suite it belongs to. `test`
// runs its block and takes what fails in it; outside of a test a failure ends the file. Follows
// Pigeonhole's testsuite.

import { type Bound, bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { ArgumentNode, CommandNode } from '../language/ast.ts';
import { stringsOf } from '../sieve/arguments.ts';
import { toOctetString } from '../sieve/text.ts';
import { envelopeAddress } from './envelope.ts';
import { actionName } from './execute.ts';
import { testMessage } from './message.ts';
import { loadBinary, resetResult, saveBinary } from './scripts.ts';
import { createMailbox, deleteMailbox, findMailbox } from './store.ts';
import { fail, isFailure, type Suite, setMessage } from './suite.ts';

export type Command = (node: CommandNode, context: Context) => void;

export function suiteCommands(suite: Suite): ReadonlyMap<string, Command> {
  return new Map<string, Command>([
    ['test', (node, context) => runTest(suite, node, context)],
    ['test_fail', (node, context) => fail(text(context, bind(node), 0))],
    ['test_set', (node, context) => set(suite, node, context)],
    ['test_config_set', (node, context) => configure(suite, node, context)],
    ['test_config_unset', (node, context) => void suite.settings.delete(text(context, bind(node), 0))],
    ['test_config_reload', () => undefined],
    ['test_result_reset', (_node, context) => resetResult(suite, context.result)],
    ['test_result_print', (_node, context) => printResult(suite, context)],
    ['test_message', (node, context) => selectMessage(suite, node, context)],
    ['test_message_print', () => void suite.printed.push(suite.message.octets)],
    ['test_mailbox_create', (node, context) => void createMailbox(suite.store, octets(context, node))],
    ['test_mailbox_delete', (node, context) => removeMailbox(suite, octets(context, node))],
    ['test_binary_save', (node, context) => saveBinary(suite, text(context, bind(node), 0))],
    ['test_binary_load', (node, context) => loadBinary(suite, text(context, bind(node), 0))],
    ['test_imap_metadata_set', (node, context) => annotate(suite, node, context)],
  ]);
}

/** The message a `test_message` asks for becomes the one under test; false when there is none. */
export function takeMessage(suite: Suite, context: Context, { tags, positional }: Bound): boolean {
  const index = number(context, positional[0]);
  if (tags.has('smtp')) {
    const sent = suite.store.outbox[index];
    if (sent === undefined) return false;
    setMessage(suite, testMessage(sent.octets));
    Object.assign(suite.envelope, { from: sent.from, to: sent.to, originalTo: sent.to });
    return true;
  }
  if (tags.has('queue')) {
    const queued = suite.smtp.last.queued[index];
    if (queued === undefined) return false;
    const [to = ''] = queued.to;
    setMessage(suite, testMessage(queued.octets));
    Object.assign(suite.envelope, { from: queued.from, to, originalTo: to });
    return true;
  }
  const folder = tags.get('folder');
  const mailbox = findMailbox(suite.store, folder ? toOctetString(valueText(context, folder)) : '');
  const stored = mailbox?.messages[index];
  if (stored === undefined) return false;
  setMessage(suite, testMessage(stored.octets), stored.flags);
  context.result.flags = stored.flags;
  return true;
}

function runTest(suite: Suite, node: CommandNode, context: Context): void {
  const name = text(context, bind(node), 0);
  suite.current = name;
  try {
    context.execute(node.block ?? []);
    suite.outcomes.push({ name, failure: null });
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    suite.outcomes.push({ name, failure: thrown.failed });
  }
  suite.current = null;
}

function set(suite: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const value = toOctetString(text(context, bound, 1));
  const { envelope } = suite;
  switch (text(context, bound, 0).toLowerCase()) {
    case 'message':
      setMessage(suite, testMessage(value));
      return;
    case 'envelope.from':
      envelope.from = envelopeAddress(value);
      return;
    case 'envelope.to':
      envelope.to = envelopeAddress(value);
      envelope.originalTo = envelope.to;
      return;
    case 'envelope.orig_to':
      envelope.originalTo = envelopeAddress(value);
      return;
    case 'envelope.auth':
      envelope.auth = value;
      return;
    default:
      context.fail(node.at, 'MFL-TEST-001', `test_set: unknown object '${text(context, bound, 0)}'`);
  }
}

function configure(suite: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  suite.settings.set(text(context, bound, 0), text(context, bound, 1));
}

function printResult(suite: Suite, { result }: Context): void {
  const names = result.actions.map(actionName);
  if (result.implicitKeep) names.push('implicit keep');
  suite.printed.push(`result: ${names.join(', ') || 'nothing'}`);
}

function selectMessage(suite: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  if (takeMessage(suite, context, bound)) return;
  const index = number(context, bound.positional[0]);
  if (bound.tags.has('smtp')) fail(`no message ${index} was sent`);
  fail(`there is no message ${index} in the ${bound.tags.has('queue') ? 'queue' : 'mailbox'}`);
}

function removeMailbox(suite: Suite, name: string): void {
  if (!deleteMailbox(suite.store, name)) fail(`test_mailbox_delete: cannot delete '${name}'`);
}

function annotate(suite: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const tag = bound.tags.get('mailbox');
  const name = tag ? toOctetString(valueText(context, tag)) : null;
  const holder = name === null ? suite.store : findMailbox(suite.store, name);
  if (holder === undefined) context.fail(node.at, 'MFL-TEST-002', `there is no mailbox '${name}'`);
  holder.metadata.set(text(context, bound, 0).toLowerCase(), text(context, bound, 1));
}

export function text(context: Context, { positional }: Bound, place: number): string {
  return valueText(context, positional[place]);
}

/** A string counts as a list of one. */
export function listAt(context: Context, { positional }: Bound, place: number): readonly string[] {
  return stringsOf(context, positional[place]);
}

export function valueText(context: Context, node: ArgumentNode | undefined): string {
  return node === undefined || node.node === 'tag' ? '' : String(context.evaluate(node));
}

export function number(context: Context, node: ArgumentNode | undefined): number {
  return Number(valueText(context, node));
}

function octets(context: Context, node: CommandNode): string {
  return toOctetString(text(context, bind(node), 0));
}
