// The controls and actions of Sieve: RFC 5228 §3 and §4 and the extensions the engine knows. Those of the mail store are
// recorded only. In MFL `reject`, `ereject` and `discard` are verdicts as well, with tags a Sieve script does not have.

import { endingIn, hooksBetween, hooksFrom } from './hooks.ts';
import { type PositionalSignature, type Signature, type SignatureParts, signature } from './signature.ts';
import { COPY, FCC, FLAGS, MATCHING, MODIFIERS, PRIVATE, REPLY, STORE } from './tags.ts';

const AT_DELIVERY = hooksBetween('message', 'deliver');
const HEADER_EDITS = hooksBetween('headers', 'deliver');

function command(
  kind: Signature['kind'],
  name: string,
  capability: string | null,
  parts: SignatureParts,
): Signature {
  return signature(kind, name, capability, { hooks: kind === 'action' ? AT_DELIVERY : null, ...parts });
}

const flagEdit = (name: string): Signature =>
  command('action', name, 'imap4flags', {
    positional: [
      { name: 'variable', type: 'string', optional: true, literal: 'variable-name', needs: 'variables' },
      { name: 'flags', type: 'list', literal: 'flags' },
    ],
  });

const REASON: PositionalSignature = { name: 'reason', type: 'string' };

const REFUSAL: SignatureParts = {
  tags: { ...REPLY, ...PRIVATE },
  positional: [REASON],
  hooks: endingIn('reject'),
};

export const SIEVE_CONTROLS: readonly Signature[] = [
  command('control', 'require', null, { positional: [{ name: 'capabilities', type: 'list' }] }),
  command('control', 'if', null, { tests: 'one', block: true }),
  command('control', 'elsif', null, { tests: 'one', block: true }),
  command('control', 'else', null, { block: true }),
  command('control', 'stop', null, {}),
  command('control', 'error', 'ihave', { positional: [{ name: 'message', type: 'string' }] }),
  command('control', 'include', 'include', {
    tags: {
      personal: { value: null, group: 'location' },
      global: { value: null, group: 'location' },
      once: { value: null },
      optional: { value: null },
    },
    positional: [{ name: 'script', type: 'string', literal: 'script-name' }],
  }),
  command('control', 'return', 'include', {}),
  command('control', 'global', 'include', {
    positional: [{ name: 'variables', type: 'list', literal: 'variable-names' }],
  }),
  command('control', 'foreverypart', 'foreverypart', {
    tags: { name: { value: 'string' } },
    block: true,
    hooks: hooksFrom('message'),
  }),
  command('control', 'break', 'foreverypart', { tags: { name: { value: 'string' } } }),
  { ...command('control', 'continue', null, {}), mfl: true },
];

export const SIEVE_ACTIONS_DECIDED: readonly Signature[] = [
  command('action', 'keep', null, { tags: FLAGS }),
  command('verdict', 'discard', null, {
    tags: PRIVATE,
    hooks: endingIn('discard'),
  }),
  command('action', 'redirect', null, {
    tags: {
      ...COPY,
      list: { value: null, needs: 'extlists' },
      notify: { value: 'string', needs: 'redirect-dsn' },
      ret: { value: 'string', needs: 'redirect-dsn' },
      bytimerelative: { value: 'number', needs: 'redirect-deliverby', group: 'delivery time' },
      bytimeabsolute: { value: 'string', needs: 'redirect-deliverby', group: 'delivery time' },
      bymode: { value: 'string', needs: 'redirect-deliverby' },
      bytrace: { value: null, needs: 'redirect-deliverby' },
    },
    positional: [{ name: 'address', type: 'string', literal: 'address', unless: 'list' }],
  }),
  command('action', 'fileinto', 'fileinto', {
    tags: { ...COPY, ...FLAGS, ...STORE },
    positional: [{ name: 'mailbox', type: 'string', literal: 'mailbox' }],
  }),
  command('verdict', 'reject', 'reject', REFUSAL),
  command('verdict', 'ereject', 'ereject', REFUSAL),
  command('action', 'set', 'variables', {
    tags: MODIFIERS,
    positional: [
      { name: 'name', type: 'string', literal: 'variable-name' },
      { name: 'value', type: 'string' },
    ],
    hooks: null,
  }),
  flagEdit('setflag'),
  flagEdit('addflag'),
  flagEdit('removeflag'),
  command('action', 'addheader', 'editheader', {
    tags: { last: { value: null } },
    positional: [
      { name: 'header name', type: 'string', literal: 'header-name' },
      { name: 'value', type: 'string' },
    ],
    hooks: HEADER_EDITS,
  }),
  command('action', 'deleteheader', 'editheader', {
    tags: { ...MATCHING, index: { value: 'number' }, last: { value: null, with: 'index' } },
    positional: [
      { name: 'header name', type: 'string', literal: 'header-name' },
      { name: 'value patterns', type: 'list', optional: true },
    ],
    hooks: HEADER_EDITS,
  }),
];

export const SIEVE_ACTIONS_RECORDED: readonly Signature[] = [
  command('action', 'vacation', 'vacation', {
    tags: {
      days: { value: 'number', group: 'period' },
      seconds: { value: 'number', group: 'period', needs: 'vacation-seconds' },
      subject: { value: 'string' },
      from: { value: 'string', literal: 'address' },
      addresses: { value: 'list', literal: 'address' },
      mime: { value: null },
      handle: { value: 'string' },
      ...FCC,
    },
    positional: [REASON],
  }),
  command('action', 'notify', 'enotify', {
    tags: {
      from: { value: 'string' },
      importance: { value: 'string', literal: 'importance' },
      options: { value: 'list' },
      message: { value: 'string' },
      ...FCC,
    },
    positional: [{ name: 'method', type: 'string' }],
  }),
  command('action', 'extracttext', 'extracttext', {
    tags: { ...MODIFIERS, first: { value: 'number' } },
    positional: [{ name: 'variable', type: 'string', literal: 'variable-name' }],
  }),
  command('action', 'debug_log', 'vnd.dovecot.debug', {
    positional: [{ name: 'message', type: 'string' }],
    hooks: null,
  }),
];
