// The tests of Sieve: RFC 5228 §5 and the extensions the engine knows, each with what it takes. In MFL they are conditions like
// any other; those that look at the message are open only where there is one.

import { hooksBetween, hooksFrom } from './hooks.ts';
import { type PositionalSignature, type Signature, type SignatureParts, signature } from './signature.ts';
import { ADDRESS_PART, INDEX, MATCHING, MIME, MIME_HEADER } from './tags.ts';

const KEYS: PositionalSignature = { name: 'keys', type: 'list' };
const HEADERS: PositionalSignature = { name: 'header names', type: 'list', literal: 'header-name' };

const WITH_HEADERS = hooksFrom('headers');
const WITH_MESSAGE = hooksFrom('message');
const AT_DELIVERY = hooksBetween('message', 'deliver');

const test = (name: string, capability: string | null, parts: SignatureParts): Signature =>
  signature('test', name, capability, parts);

export const SIEVE_TESTS_BASE: readonly Signature[] = [
  test('true', null, {}),
  test('false', null, {}),
  test('not', null, { tests: 'one' }),
  test('allof', null, { tests: 'list' }),
  test('anyof', null, { tests: 'list' }),
  test('address', null, {
    tags: { ...MATCHING, ...ADDRESS_PART, ...INDEX, ...MIME },
    positional: [{ name: 'header names', type: 'list', literal: 'header-name' }, KEYS],
    hooks: WITH_HEADERS,
  }),
  test('header', null, {
    tags: { ...MATCHING, ...INDEX, ...MIME_HEADER },
    positional: [HEADERS, KEYS],
    hooks: WITH_HEADERS,
  }),
  test('exists', null, { tags: MIME, positional: [HEADERS], hooks: WITH_HEADERS }),
  test('size', null, {
    tags: { over: { value: null, group: 'limit' }, under: { value: null, group: 'limit' } },
    positional: [{ name: 'limit', type: 'number' }],
    requiredGroups: ['limit'],
    hooks: WITH_MESSAGE,
  }),
  test('envelope', 'envelope', {
    tags: { ...MATCHING, ...ADDRESS_PART },
    positional: [{ name: 'envelope parts', type: 'list', literal: 'envelope-part' }, KEYS],
    hooks: hooksFrom('mail'),
  }),
];

export const SIEVE_TESTS_DECIDED: readonly Signature[] = [
  test('string', 'variables', { tags: MATCHING, positional: [{ name: 'source', type: 'list' }, KEYS] }),
  test('body', 'body', {
    tags: {
      ...MATCHING,
      raw: { value: null, group: 'body transform' },
      content: { value: 'list', group: 'body transform' },
      text: { value: null, group: 'body transform' },
    },
    positional: [KEYS],
    hooks: WITH_MESSAGE,
  }),
  test('date', 'date', {
    tags: {
      ...MATCHING,
      ...INDEX,
      zone: { value: 'string', group: 'zone', literal: 'zone' },
      originalzone: { value: null, group: 'zone' },
    },
    positional: [
      { name: 'header name', type: 'string', literal: 'header-name' },
      { name: 'date part', type: 'string', literal: 'date-part' },
      KEYS,
    ],
    hooks: WITH_HEADERS,
  }),
  test('currentdate', 'date', {
    tags: { ...MATCHING, zone: { value: 'string', literal: 'zone' } },
    positional: [{ name: 'date part', type: 'string', literal: 'date-part' }, KEYS],
  }),
  test('environment', 'environment', {
    tags: MATCHING,
    positional: [{ name: 'item', type: 'string' }, KEYS],
    hooks: hooksFrom('connect'),
  }),
  test('spamtest', 'spamtest', {
    tags: { ...MATCHING, percent: { value: null, needs: 'spamtestplus' } },
    positional: [{ name: 'value', type: 'string' }],
    hooks: WITH_MESSAGE,
  }),
  test('virustest', 'virustest', {
    tags: MATCHING,
    positional: [{ name: 'value', type: 'string' }],
    hooks: WITH_MESSAGE,
  }),
  test('hasflag', 'imap4flags', {
    tags: MATCHING,
    positional: [
      { name: 'variables', type: 'list', optional: true, literal: 'variable-names', needs: 'variables' },
      { name: 'flags', type: 'list' },
    ],
    hooks: AT_DELIVERY,
  }),
  test('ihave', 'ihave', { positional: [{ name: 'capabilities', type: 'list' }] }),
  test('mailboxexists', 'mailbox', {
    positional: [{ name: 'mailboxes', type: 'list', literal: 'mailbox' }],
    hooks: AT_DELIVERY,
  }),
  test('duplicate', 'duplicate', {
    tags: {
      handle: { value: 'string' },
      header: { value: 'string', group: 'identifier', literal: 'header-name' },
      uniqueid: { value: 'string', group: 'identifier' },
      seconds: { value: 'number' },
      last: { value: null },
    },
    hooks: AT_DELIVERY,
  }),
];

export const SIEVE_TESTS_RECORDED: readonly Signature[] = [
  test('valid_ext_list', 'extlists', { positional: [{ name: 'list names', type: 'list' }] }),
  test('valid_notify_method', 'enotify', {
    positional: [{ name: 'notification URIs', type: 'list' }],
  }),
  test('notify_method_capability', 'enotify', {
    tags: MATCHING,
    positional: [{ name: 'notification URI', type: 'string' }, { name: 'capability', type: 'string' }, KEYS],
  }),
  test('specialuse_exists', 'special-use', {
    positional: [
      { name: 'mailbox', type: 'string', optional: true, literal: 'mailbox' },
      { name: 'special-use attributes', type: 'list' },
    ],
    hooks: AT_DELIVERY,
  }),
  test('mailboxidexists', 'mailboxid', {
    positional: [{ name: 'mailbox ids', type: 'list' }],
    hooks: AT_DELIVERY,
  }),
  test('metadata', 'mboxmetadata', {
    tags: MATCHING,
    positional: [
      { name: 'mailbox', type: 'string', literal: 'mailbox' },
      { name: 'annotation', type: 'string' },
      KEYS,
    ],
    hooks: AT_DELIVERY,
  }),
  test('metadataexists', 'mboxmetadata', {
    positional: [
      { name: 'mailbox', type: 'string', literal: 'mailbox' },
      { name: 'annotations', type: 'list' },
    ],
    hooks: AT_DELIVERY,
  }),
  test('servermetadata', 'servermetadata', {
    tags: MATCHING,
    positional: [{ name: 'annotation', type: 'string' }, KEYS],
    hooks: AT_DELIVERY,
  }),
  test('servermetadataexists', 'servermetadata', {
    positional: [{ name: 'annotations', type: 'list' }],
    hooks: AT_DELIVERY,
  }),
];
