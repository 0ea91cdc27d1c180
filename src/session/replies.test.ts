// The whole table of replies, both profiles: every line can go on the wire as it is, its codes are registered, trouble of
// ours never answers 5xx, and what hangs up says so with 421 or 451.

import { describe, expect, it } from 'vitest';
import { type Reply, renderReply } from '../smtp/index.ts';
import { MVMTR, STOCK } from './profile.ts';
import { REPLIES, type ReplyName } from './replies.ts';

/** Subject and detail of the codes in use that the registry of RFC 5248 has. */
const REGISTERED: ReadonlySet<string> = new Set([
  '0.0', // other or undefined
  '1.0', // other address status
  '1.3', // bad destination mailbox address syntax
  '1.5', // destination address valid
  '1.7', // bad sender's mailbox address syntax
  '3.0', // other or undefined mail system status
  '3.2', // system not accepting network messages
  '3.4', // message too big for system
  '3.5', // system incorrectly configured
  '4.2', // bad connection
  '4.6', // routing loop detected
  '5.1', // invalid command
  '5.2', // syntax error
  '5.3', // too many recipients
  '5.4', // invalid command arguments
  '7.0', // other or undefined security status
  '7.1', // delivery not authorized, message refused
]);

const OURS_TO_MEND: readonly ReplyName[] = [
  'queueUnavailable',
  'unconfigured',
  'controls',
  'internal',
  'sessionTooLong',
  'timeout',
];

const ALL = (Object.keys(REPLIES) as ReplyName[]).flatMap((name) =>
  [STOCK, MVMTR].map((profile) => {
    const reply: Reply = REPLIES[name][profile.name];
    return { name, profile: profile.name, reply, sent: renderReply(reply, profile.dialect) };
  }),
);

describe.each(ALL)('$name in the $profile profile', ({ name, profile, reply, sent }) => {
  it('is one line of at most 512 octets of printable ASCII (RFC 5321 §4.5.3.1.5)', () => {
    expect(sent).toMatch(/^[2-5][0-9]{2} [\x21-\x7e][\x20-\x7e]*\r\n$/);
    expect(sent.length).toBeLessThanOrEqual(512);
    expect(sent).toContain(reply.text[0]);
  });

  it('has a code that RFC 5321 §4.2 or RFC 3463 §2 knows the class of', () => {
    expect([2, 3, 4, 5]).toContain(Math.trunc(reply.code / 100));
    // RFC 2034 §4: a reply to DATA itself has none.
    if (profile === 'mvmtr') expect(reply.enhanced === undefined).toBe(reply.code === 354);
  });

  it('hangs up only for a while', () => {
    if (reply.close) expect(reply.code === 421 || reply.code === 451).toBe(true);
    if (reply.code === 421) expect(reply.close).toBe(true);
  });

  if (OURS_TO_MEND.includes(name)) {
    it('is temporary, for it is not the client’s fault', () => expect(Math.trunc(reply.code / 100)).toBe(4));
  }
});

it('uses registered enhanced codes (RFC 5248)', () => {
  // The bare LF's apart: X.6.11 is what other servers say to it, and not in the registry.
  const coded = ALL.filter(({ name, reply }) => name !== 'bareLf' && reply.enhanced !== undefined);
  expect(coded.filter(({ reply }) => !REGISTERED.has(reply.enhanced as string))).toEqual([]);
  expect(new Set(coded.map(({ reply }) => reply.enhanced))).toEqual(REGISTERED);
});

it('has no two replies of one profile that cannot be told apart, but those that mean the same', () => {
  for (const profile of ['stock', 'mvmtr'] as const) {
    const texts = ALL.filter((row) => row.profile === profile).map(({ sent }) => sent);
    const twice = texts.filter((text, index) => texts.indexOf(text) !== index);
    const same = profile === 'stock' ? ['250 ok\r\n', '250 ok\r\n', '421 out of memory (#4.3.0)\r\n'] : [];
    expect(twice).toEqual(same);
  }
});
