// Who is refused at RCPT and in which order the checks speak: badmailfrom (bmfcheck()), then RELAYCLIENT, then
// rcpthosts, which always decides. By table; the host lists themselves are the recipients room's.

import { describe, expect, it } from 'vitest';
import { badMailFrom } from './badmailfrom.ts';
import { qmailPolicy, rcptChain } from './chain.ts';
import { rcptHosts, relayClient } from './relay.ts';

describe('badmailfrom (bmfcheck())', () => {
  it.each<[string, readonly string[], string, boolean]>([
    ['nothing listed', [], 'a@bad.example', false],
    ['the whole address', ['a@bad.example'], 'a@bad.example', true],
    ['another user', ['a@bad.example'], 'b@bad.example', false],
    ['every letter case', ['A@Bad.Example'], 'a@bAD.eXAMPLE', true],
    ['every sender of a host', ['@bad.example'], 'a@bad.example', true],
    ['a host below a listed one', ['@bad.example'], 'a@mx.bad.example', false],
    ['a host that ends like it', ['@bad.example'], 'a@verybad.example', false],
    ['a host without its "@"', ['bad.example'], 'a@bad.example', false],
    ['the last "@" counts', ['@bad.example'], 'a@good.example@bad.example', true],
    ['… and no other', ['@good.example'], 'a@good.example@bad.example', false],
    ['an address without host', ['root'], 'root', true],
    ['an empty host', ['@'], 'a@', true],
    ['the null sender, with an empty entry', [''], '', false],
    ['the null sender, with the entry "@"', ['@'], '', false],
    ['the null sender, with "<>"', ['<>'], '', false],
    ['a letter of Latin-1', ['\xe9@bad.example'], '\xc9@bad.example', false],
    ['the same octets', ['\xe9@bad.example'], '\xe9@BAD.example', true],
    ['the name of an object’s property', ['a'], 'constructor', false],
    ['white space that was left in front', [' a@bad.example'], 'a@bad.example', false],
  ])('%s', (_, entries, reversePath, bad) => {
    const wanted = bad ? { kind: 'reject', rule: 'badmailfrom' } : { kind: 'undecided' };
    expect(badMailFrom(entries)(reversePath)).toEqual(wanted);
  });
});

describe('RELAYCLIENT', () => {
  it.each([
    [null, 'undecided'],
    ['', 'accept'],
    ['@relay.example', 'accept'],
  ])('%j is %s', (value, kind) => expect(relayClient(value)().kind).toBe(kind));
});

describe('rcpthosts (addrallowed())', () => {
  it.each([
    ['user@example.com', ['example.com'], true],
    ['user@example.org', ['example.org'], false],
    ['user@example.com@example.org', ['example.org'], false],
    ['user@example.org@example.com', ['example.com'], true],
    ['user@', [''], false],
    ['@', [''], false],
    ['user', [], true],
    ['', [], true],
  ])('%j: asked about %j, accepted: %j', (forwardPath, hosts, accepted) => {
    const asked: string[] = [];
    const verdict = rcptHosts((host) => {
      asked.push(host);
      return host === 'example.com';
    })(forwardPath);
    expect(asked).toEqual(hosts);
    expect(verdict).toEqual(accepted ? { kind: 'accept' } : { kind: 'reject', rule: 'rcpthosts' });
  });
});

describe('nobody has said which hosts are ours', () => {
  it.each([
    ['user@example.com', null, 'unconfigured'],
    ['@', null, 'unconfigured'],
    ['postmaster', null, 'accept'],
    ['user@example.com', '', 'accept'],
  ])('%j with RELAYCLIENT %j: %s', (forwardPath, relay, wanted) => {
    const judge = rcptChain({ badmailfrom: badMailFrom([]), relayClient: relay, isOurs: null });
    const verdict = judge({ reversePath: 'a@good.example', forwardPath });
    expect(verdict.kind === 'reject' ? verdict.rule : verdict.kind).toBe(wanted);
  });
});

describe('the order of the checks at RCPT', () => {
  const GOOD = 'a@good.example';
  const BAD = 'a@bad.example';
  const OURS = 'user@example.com';
  const THEIRS = 'user@example.org';

  it.each([
    [GOOD, null, OURS, 'accept', 1],
    [GOOD, null, THEIRS, 'rcpthosts', 1],
    [GOOD, '', THEIRS, 'accept', 0],
    [BAD, null, OURS, 'badmailfrom', 0],
    [BAD, null, THEIRS, 'badmailfrom', 0],
    [BAD, '', OURS, 'badmailfrom', 0],
    ['', null, OURS, 'accept', 1],
  ])('from %j with RELAYCLIENT %j to %j: %s', (reversePath, relay, forwardPath, wanted, questions) => {
    let asked = 0;
    const judge = rcptChain({
      badmailfrom: badMailFrom(['@bad.example']),
      relayClient: relay,
      isOurs: (host) => {
        asked += 1;
        return host === 'example.com';
      },
    });
    const verdict = judge({ reversePath, forwardPath });
    expect(verdict.kind === 'reject' ? verdict.rule : verdict.kind).toBe(wanted);
    expect(asked).toBe(questions);
  });

  it('lets a fault of the tables out, and decides nothing', () => {
    const fault = { fault: 'control', file: 'morercpthosts.cdb', reason: 'EIO' };
    const isOurs = (): boolean => {
      throw fault;
    };
    const judge = rcptChain({ badmailfrom: badMailFrom([]), relayClient: null, isOurs });
    expect(() => judge({ reversePath: '', forwardPath: OURS })).toThrow(expect.objectContaining(fault));
  });

  it('leaves badmailfrom out for a sender that was accepted before', () => {
    const judge = rcptChain({
      badmailfrom: badMailFrom(['@bad.example']),
      relayClient: null,
      isOurs: () => true,
    });
    const facts = { reversePath: BAD, forwardPath: OURS };
    expect(judge(facts)).toEqual({ kind: 'reject', rule: 'badmailfrom' });
    expect(judge({ ...facts, senderAccepted: true })).toEqual({ kind: 'accept' });
  });

  it('is asked for at RCPT only', () => {
    const policy = qmailPolicy({ badmailfrom: badMailFrom([]), relayClient: null, isOurs: null });
    expect((['connect', 'mail', 'rcpt', 'message', 'denied'] as const).filter(policy.speaksAt)).toEqual([
      'rcpt',
    ]);
  });
});
