// What rules under test see of the world: settings and facts as properties, mailboxes and annotations of
// the test's own store, and answers that belong to the message at hand. The tests about the store replace
// the engine's, which only records them.

import { bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { TestNode } from '../language/ast.ts';
import type { Answer, HookInput, Lookup, Properties } from '../runtime.ts';
import { matchValues } from '../sieve/index.ts';
import { toOctetString } from '../sieve/text.ts';
import { listAt, text } from './commands.ts';
import { findMailbox } from './store.ts';
import type { Suite } from './suite.ts';
import type { Test } from './tests.ts';

/** Of an answer: the same question about another message is another question. */
export function keyFor(suite: Suite, key: string): string {
  return `${key}\n${suite.message.octets}`;
}

/** The input of a run on the message under test; it changes when a test changes the message. */
export function inputOf(suite: Suite): HookInput {
  const { known } = suite.surroundings;
  const answers = new Map<string, Answer>();
  const current: Pick<ReadonlyMap<string, Answer>, 'get' | 'has'> = {
    get: (key) => known.get(keyFor(suite, key)),
    has: (key) => known.has(keyFor(suite, key)),
  };
  return {
    hook: 'message',
    arguments: [],
    properties: propertiesOf(suite),
    get message() {
      return suite.message.view;
    },
    get envelope() {
      return { from: suite.envelope.from, to: [suite.envelope.to] };
    },
    known: Object.assign(answers, current),
    variables: { session: {}, transaction: {} },
    now: suite.surroundings.now,
  };
}

const SETTING = 'sieve.';

function propertiesOf(suite: Suite): Properties {
  return (name) => {
    if (name.startsWith(SETTING)) return settingOf(suite, name.slice(SETTING.length));
    const { envelope } = suite;
    switch (name) {
      case 'tst.path':
        return `${suite.surroundings.directory}${suite.surroundings.compat ? '/' : ''}`;
      case 'sender.address':
        return envelope.from;
      case 'rcpt.address':
        return envelope.to;
      case 'rcpt.original':
        return envelope.originalTo;
      case 'auth.user':
        return envelope.auth;
      default:
        return undefined;
    }
  };
}

function settingOf({ settings, surroundings }: Suite, name: string): string | undefined {
  if (name === 'environment.name' && surroundings.compat) return 'Pigeonhole Sieve';
  return settings.get(name);
}

export function storeTests(suite: Suite): ReadonlyMap<string, Test> {
  const { store } = suite;
  return new Map<string, Test>([
    ['mailboxexists', (node, context) => names(node, context).every((name) => findMailbox(store, name))],
    // Identifiers are tracked from one delivery to the next (RFC 7352 §3), and a test file has no next one.
    ['duplicate', () => false],
    ['specialuse_exists', (node, context) => specialUse(suite, node, context)],
    ['metadata', (node, context) => metadata(suite, node, context, true)],
    ['metadataexists', (node, context) => metadataExists(suite, node, context, true)],
    ['servermetadata', (node, context) => metadata(suite, node, context, false)],
    ['servermetadataexists', (node, context) => metadataExists(suite, node, context, false)],
  ]);
}

function names(node: TestNode, context: Context): readonly string[] {
  const bound = bind(node);
  return listAt(context, bound, bound.positional.length - 1).map(toOctetString);
}

/** RFC 8579 §3: every flag is given to some mailbox, or to the one that is named. */
function specialUse({ store }: Suite, node: TestNode, context: Context): boolean {
  const bound = bind(node);
  const named =
    bound.positional.length > 1 ? findMailbox(store, toOctetString(text(context, bound, 0))) : null;
  if (named === undefined) return false;
  const mailboxes = named === null ? [...store.mailboxes.values()] : [named];
  return names(node, context).every((flag) =>
    mailboxes.some(({ specialUse }) => specialUse.has(flag.toLowerCase())),
  );
}

/** RFC 5490 §3.3 and §4.1. */
function metadata({ store }: Suite, node: TestNode, context: Context, ofMailbox: boolean): boolean {
  const bound = bind(node);
  const holder = ofMailbox ? findMailbox(store, toOctetString(text(context, bound, 0))) : store;
  const value = holder?.metadata.get(text(context, bound, ofMailbox ? 1 : 0).toLowerCase());
  return matchValues(node, context, value === undefined ? [] : [value]);
}

/** RFC 5490 §3.4 and §4.2. */
function metadataExists({ store }: Suite, node: TestNode, context: Context, ofMailbox: boolean): boolean {
  const holder = ofMailbox ? findMailbox(store, toOctetString(text(context, bind(node), 0))) : store;
  if (holder === undefined) return false;
  return listAt(context, bind(node), ofMailbox ? 1 : 0).every((name) =>
    holder.metadata.has(name.toLowerCase()),
  );
}

/** Only the message's body can be looked up; nothing else is in a test's world. */
export async function answer(suite: Suite, { question }: Lookup): Promise<Answer> {
  if (question.kind !== 'body')
    return { ok: false, reason: `no answer to a question of kind ${question.kind}` };
  // The MIME reader is large, and few tests look into bodies.
  const { readBody } = await import('../sieve/mime.ts');
  return { ok: true, value: await readBody(suite.message.octets) };
}
