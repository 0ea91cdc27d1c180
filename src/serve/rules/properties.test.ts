// Every property of the language is there: the session gives it, somebody is asked for it, or the compiler says that it is not there
// yet. Read in a session that has got as far as the end of a message.

import { expect, it } from 'vitest';
import { NO_FACTS } from '../../../test/support/policy.ts';
import { CONFIG } from '../../../test/support/session-config.ts';
import type { Facts } from '../../policy/index.ts';
import { PROPERTIES } from '../../rules/commands/index.ts';
import { openLookups } from './lookups.ts';
import { type Fixed, type Memory, propertyOf } from './properties.ts';

const NOW = Date.UTC(2026, 0, 1);

const FACTS: Facts = {
  ...NO_FACTS,
  started: NOW,
  now: NOW + 5000,
  helo: { name: 'mail.example.net', esmtp: true },
  transaction: {
    reversePath: 'a@example.net',
    size: 1,
    body: '8BITMIME',
    auth: '',
    recipients: ['b+c@example.org'],
    tried: 2,
    refused: 1,
  },
  messages: 1,
  commands: 4,
  errors: 1,
  refusedRecipients: 1,
  subject: 'b+c@example.org',
  message: {
    fields: [{ name: 'Subject', body: ' test' }],
    headerOctets: 14,
    hops: 0,
    complete: {
      octets: 20,
      lines: 3,
      longestLine: 13,
      has8Bit: false,
      hasNul: false,
      read: () => new Uint8Array(),
    },
    queueId: '1-2',
  },
  denied: { stage: 'RCPT', code: 550, status: '5.7.1', text: 'no', layer: 'rule', place: 'r.mfl:1' },
};

const FIXED: Fixed = {
  client: { ...CONFIG.client, ip: '192.0.2.1', host: 'unknown' },
  version: 'test',
  id: '1',
  env: {},
};

const MEMORY: Memory = { tags: new Map(), control: () => undefined, relay: false, isOurs: () => false };

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);

const names = (which: (property: { readonly lookup: boolean; readonly later: boolean }) => boolean) =>
  [...PROPERTIES].filter(([, property]) => which(property));

it.each(names(({ lookup, later }) => !lookup && !later))('%s is known', (name, { type }) => {
  expect(typeOf(propertyOf(name, FACTS, FIXED, MEMORY))).toBe(type);
});

it.each(names(({ lookup, later }) => lookup && !later))('%s is asked for', async (name, { type }) => {
  const resolver = { resolve: async () => ({ outcome: 'nxdomain' }) as const, cancel: () => {} };
  const lookups = openLookups({ clientIp: '192.0.2.1', home: '/nonexistent', now: () => NOW, resolver });
  const question = { kind: 'property', name } as const;
  const answer = await lookups.answer({ key: `property ${name}`, group: 'reputation', question }, FACTS);
  expect(answer.ok && typeOf(answer.value)).toBe(type);
});
