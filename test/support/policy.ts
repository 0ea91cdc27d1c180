// Asking a session's policy about one recipient, and policies that are made up for a test.

import type { Decision, Facts, Policy, Ruling } from '../../src/policy/index.ts';

/** A session in which nothing has happened yet. */
export const NO_FACTS: Facts = {
  started: 0,
  now: 0,
  helo: null,
  tls: null,
  auth: { user: '', ok: false, mechanism: '', failures: 0 },
  mayRelay: false,
  transaction: null,
  messages: 0,
  commands: 0,
  errors: 0,
  refusedRecipients: 0,
  subject: '',
  settings: {
    hostName: 'mx.example.com',
    databytes: 0,
    recipients: 100,
    errors: 100,
    maxHops: 100,
    timeout: 10,
    heloTimeout: 10,
    dataTimeout: 10,
    localIpHost: '',
    requireTls: false,
    requireAuth: false,
  },
  message: null,
};

/** What a policy that answers at once decides about a recipient. */
export function decisionAtRcpt(
  policy: Policy,
  forwardPath: string,
  reversePath = 'sender@example.net',
): Decision {
  const transaction = { reversePath, size: 0, body: '', auth: '', recipients: [], tried: 1, refused: 0 };
  const ruling = policy.ask('rcpt', { ...NO_FACTS, transaction, subject: forwardPath });
  if ('then' in ruling) throw new Error('the policy does not answer at once');
  return ruling.decision;
}

/** Speaks at RCPT only. */
export function atRcpt(ask: () => Ruling): Policy {
  return { speaksAt: (stage) => stage === 'rcpt', holds: 'nothing', ask };
}

/** Accepts every recipient. */
export const ACCEPTS_ALL: Policy = atRcpt(() => ({ decision: { kind: 'proceed' } }));
