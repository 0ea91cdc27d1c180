// Where qmail's home is: what was named goes before everything, and only a host with a Maildir and the mvmtr profile can do without.

import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type HomeChoice, homeOf } from './home.ts';
import { DEFAULT_HOME } from './queues.ts';

const QMAIL: HomeChoice = { home: null, queue: { kind: 'qmail' }, profile: 'mvmtr' };
const MAILDIR: HomeChoice = { ...QMAIL, queue: { kind: 'maildir', directory: '/mail' } };

/** Whether this machine has qmail is its own affair. */
const MAYBE = existsSync(DEFAULT_HOME) ? DEFAULT_HOME : null;

it.each<[HomeChoice, string | undefined, string | null]>([
  [QMAIL, undefined, DEFAULT_HOME],
  [QMAIL, '', DEFAULT_HOME],
  [QMAIL, '/q', '/q'],
  [{ ...QMAIL, home: '/option' }, '/q', '/option'],
  [{ ...QMAIL, home: 'here' }, '/q', `${process.cwd()}/here`],
  [QMAIL, 'there', `${process.cwd()}/there`],
  [{ ...QMAIL, profile: 'stock' }, undefined, DEFAULT_HOME],
  [MAILDIR, '/q', '/q'],
  [MAILDIR, undefined, MAYBE],
  [{ ...MAILDIR, profile: 'stock' }, undefined, DEFAULT_HOME],
])('%j with QMAIL_HOME=%j: %j', (choice, variable, home) => {
  expect(homeOf(choice, { QMAIL_HOME: variable })).toBe(home);
});
