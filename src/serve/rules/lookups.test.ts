// What rules ask of the store of states, and what they learn when it cannot be used: a failed answer, and a note in the log where
// nobody waits for one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../../test/support/policy.ts';
import { CONFIG } from '../../../test/support/session-config.ts';
import { badMailFrom, type Facts } from '../../policy/index.ts';
import { compile } from '../../rules/check/index.ts';
import type { Lookup } from '../../rules/index.ts';
import { driveHook } from '../../rules/interpreter/index.ts';
import type { SessionEvent } from '../../session/index.ts';
import { type Lookups, openLookups } from './lookups.ts';
import { rulePolicy } from './policy.ts';

const NOW = Date.UTC(2026, 0, 1);

const FACTS: Facts = { ...NO_FACTS, started: NOW, now: NOW };

const REPUTATION: Lookup = {
  key: 'property client.reputation',
  group: 'reputation',
  question: { kind: 'property', name: 'client.reputation' },
};

const REPORT = { effect: 'report', kind: 'test', key: '192.0.2.1', weight: 3, note: '' } as const;

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lookups-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const open = (): Lookups => openLookups({ clientIp: '192.0.2.1', home, now: () => NOW });

describe('the store of states', () => {
  it("has the client's reputation", async () => {
    expect(await open().answer(REPUTATION, FACTS)).toEqual({ ok: true, value: 0 });
    await open().report(REPORT);
    expect(await open().answer(REPUTATION, FACTS)).toEqual({ ok: true, value: -3 });
  });

  it('fails where it cannot be made', async () => {
    writeFileSync(join(home, 'state'), '');
    const reason = expect.stringMatching(/^store of states: /);
    expect(await open().answer(REPUTATION, FACTS)).toEqual({ ok: false, reason });
    await expect(open().report(REPORT)).rejects.toThrow(/store of states/);
  });
});

it('a report that is lost is told in the log, once a session', async () => {
  writeFileSync(join(home, 'state'), '');
  const text = 'hook connect { report "a"; report "b"; log "on it goes"; }';
  const { program } = compile({
    main: { name: 'x.mfl', text, dialect: 'mfl' },
    load: () => ({ problem: 'no such file' }),
  });
  if (program === null) throw new Error('does not compile');
  const log: SessionEvent[] = [];
  const lookups = open();
  const client = { ...CONFIG.client, ip: '192.0.2.1', host: 'unknown' };
  const policy = rulePolicy({
    program,
    driveHook,
    fixed: { client, version: 'test', id: '1', env: {} },
    controls: { badmailfrom: badMailFrom([]), relayClient: null, isOurs: () => false },
    answer: (lookup, facts) => lookups.answer(lookup, facts),
    report: (effect) => lookups.report(effect),
    log: (event) => log.push(event),
  });
  expect(await policy.ask('connect', FACTS)).toEqual({ decision: { kind: 'proceed' } });
  expect(log).toMatchObject([
    { event: 'note', level: 'warning', text: expect.stringMatching(/^store of states: /), where: 'connect' },
    { event: 'note', level: 'info', text: 'on it goes' },
  ]);
});
