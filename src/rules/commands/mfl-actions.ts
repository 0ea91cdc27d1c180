// What MFL adds: the verdicts that end a hook, and the actions an administrator has while the dialogue goes on. None of them
// needs `require`, none exists in a Sieve script. Tags and text may come in any order. Follows the sections on verdicts and
// actions of the language reference; the classes of codes are judged by the checker.

import type { HookName } from '../program.ts';
import { endingIn, hooksBetween } from './hooks.ts';
import { type PositionalSignature, type Signature, type SignatureParts, signature } from './signature.ts';
import { PRIVATE, REPLY } from './tags.ts';

const ENVELOPE_EDITS = hooksBetween('mail', 'message');

function definition(
  kind: 'action' | 'verdict',
  name: string,
  hooks: readonly HookName[] | null,
  parts: SignatureParts,
): Signature {
  return signature(kind, name, null, { hooks, mfl: true, looseTags: true, ...parts });
}

const TEXT: PositionalSignature = { name: 'text', type: 'string' };
const MAYBE_TEXT: PositionalSignature = { ...TEXT, optional: true };
const ADDRESS: PositionalSignature = { name: 'address', type: 'string', literal: 'address' };

export const MFL_VERDICTS: readonly Signature[] = [
  definition('verdict', 'accept', endingIn('accept'), {
    tags: {
      ...PRIVATE,
      local: { value: null, group: 'scope' },
      relay: { value: null, group: 'scope' },
    },
  }),
  definition('verdict', 'defer', endingIn('defer'), { tags: { ...REPLY, ...PRIVATE }, positional: [TEXT] }),
  definition('verdict', 'tempfail', endingIn('defer'), {
    tags: { ...REPLY, ...PRIVATE },
    positional: [TEXT],
  }),
  definition('verdict', 'drop', endingIn('drop'), {
    tags: { ...REPLY, ...PRIVATE },
    positional: [MAYBE_TEXT],
  }),
  definition('verdict', 'quarantine', endingIn('quarantine'), {
    tags: { ...PRIVATE, into: { value: 'string' } },
    positional: [MAYBE_TEXT],
  }),
  definition('verdict', 'reply', endingIn('reply'), {
    tags: { ...REPLY, ...PRIVATE },
    positional: [MAYBE_TEXT],
  }),
  definition('verdict', 'user_filter', ['deliver'], {}),
];

export const MFL_ACTIONS: readonly Signature[] = [
  definition('action', 'greylist', ['rcpt', 'data'], {
    tags: {
      ...REPLY,
      ...PRIVATE,
      key: { value: 'string' },
      delay: { value: 'number', literal: 'seconds' },
      expire: { value: 'number', literal: 'seconds' },
      pass: { value: 'number', literal: 'seconds' },
    },
    positional: [MAYBE_TEXT],
  }),
  definition('action', 'ratelimit', null, {
    tags: {
      ...REPLY,
      ...PRIVATE,
      key: { value: 'string', group: 'key' },
      max: { value: 'number', group: 'max' },
      per: { value: 'number', group: 'per', literal: 'seconds' },
    },
    positional: [MAYBE_TEXT],
    requiredGroups: ['key', 'max', 'per'],
  }),
  definition('action', 'delay', null, {
    positional: [{ name: 'seconds', type: 'number', literal: 'delay' }],
  }),
  definition('action', 'log', null, {
    tags: { level: { value: 'string', literal: 'log-level' } },
    positional: [TEXT],
  }),
  definition('action', 'tag', null, {
    positional: [
      { name: 'name', type: 'string', literal: 'tag-name' },
      { name: 'value', type: 'string', optional: true },
    ],
  }),
  definition('action', 'report', null, {
    tags: { key: { value: 'string' }, weight: { value: 'number' } },
    positional: [
      { name: 'kind', type: 'string' },
      { name: 'note', type: 'string', optional: true },
    ],
  }),
  definition('action', 'set_sender', ENVELOPE_EDITS, { positional: [ADDRESS] }),
  definition('action', 'set_rcpt', ENVELOPE_EDITS, { positional: [ADDRESS] }),
  definition('action', 'add_rcpt', ENVELOPE_EDITS, { positional: [ADDRESS] }),
  definition('action', 'remove_rcpt', ENVELOPE_EDITS, { positional: [ADDRESS] }),
  definition('action', 'expand_alias', ['rcpt'], {}),
  definition('action', 'route', ['rcpt', ...hooksBetween('message', 'deliver')], {
    tags: {
      queue: { value: null, group: 'destination' },
      lmtp: { value: 'string', group: 'destination' },
      smtp: { value: 'string', group: 'destination' },
      maildir: { value: 'string', group: 'destination' },
    },
    requiredGroups: ['destination'],
  }),
];
