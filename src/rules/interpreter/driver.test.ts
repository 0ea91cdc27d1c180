// Questions and answers between a run and its driver: runs that are abandoned leave no trace, the last one is what a single run with
// all the answers would have been, and what answers too late or not at all is an error of the rule.

import { describe, expect, it } from 'vitest';
import type { Answer, Lookup } from '../runtime.ts';
import { ADMIN_BUDGET } from './budget.ts';
import { driveHook, driveMain } from './driver.ts';
import { type Given, inputOf, programOf } from './program.fixture.ts';
import { runHook } from './run.ts';

const TEXT = `
  session number runs = 0;
  hook rcpt {
    runs += 1;
    log "started";
    tag "t";
    string a = map("cdb:a", "k");
    string b = map("cdb:a", a);
    if (map("cdb:a", "k") == a) { reject "\${b}"; }
  }`;

const VALUES: Readonly<Record<string, string>> = { k: 'first', first: 'second' };

function table(asked: Lookup[]): (lookup: Lookup) => Promise<Answer> {
  return async (lookup) => {
    asked.push(lookup);
    const { question } = lookup;
    return { ok: true, value: question.kind === 'map' ? (VALUES[question.key] ?? '') : '' };
  };
}

const drive = (
  text: string,
  answer: (lookup: Lookup, left: number) => Promise<Answer>,
  options = {},
  given: Given = {},
) => driveHook(programOf(text), inputOf(given), answer, options);

describe('driveHook', () => {
  it('runs again with every answer, and keeps nothing of the runs it abandoned', async () => {
    const asked: Lookup[] = [];
    const ran = await drive(TEXT, table(asked));
    expect(asked.map(({ key }) => key)).toEqual([
      '["map","cdb:a","k","value"]',
      '["map","cdb:a","first","value"]',
    ]);
    expect(ran).toMatchObject({
      end: 'done',
      verdict: { verdict: 'reject', text: 'second' },
      variables: { session: { runs: 1 } },
      effects: [{ effect: 'log', text: 'started' }, { effect: 'tag' }],
    });
  });

  it('comes to what one run with all the answers comes to, step for step', async () => {
    const known = {
      '["map","cdb:a","k","value"]': { ok: true, value: 'first' },
      '["map","cdb:a","first","value"]': { ok: true, value: 'second' },
    } as const;
    const driven = await drive(TEXT, table([]));
    expect(driven).toEqual(runHook(programOf(TEXT), inputOf({ known })));
  });

  it('starts every hook without answers', async () => {
    const asked: Lookup[] = [];
    await drive(TEXT, table(asked));
    await drive(TEXT, table(asked));
    expect(asked).toHaveLength(4);
  });

  it('makes a failed answer of an exception', async () => {
    const ran = await drive(
      'hook rcpt { if (dnsbl("z", "k") == "" && lookup_failed()) { defer "later"; } }',
      async () => {
        throw new Error('broken');
      },
    );
    expect(ran).toMatchObject({ verdict: { verdict: 'defer' } });
    const strict = await drive('hook rcpt { string a = map("cdb:a", "k"); }', async () => {
      throw new Error('broken');
    });
    expect(strict).toMatchObject({
      end: 'failed',
      fault: { code: 'MFL-RUN-LOOKUP', message: 'map cdb:a: broken' },
    });
  });

  it('counts the time of lookups', async () => {
    let now = 1000;
    const lefts: number[] = [];
    const slow = async (_lookup: Lookup, left: number): Promise<Answer> => {
      lefts.push(left);
      now += 15_000;
      return { ok: true, value: 'x' };
    };
    const ran = await drive(TEXT, slow, { clock: () => now });
    expect(lefts).toEqual([20_000, 5_000]);
    expect(ran).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-TIME', where: '1.mfl:7:16' } });
  });

  it('ends for a rule that asks for ever', async () => {
    const ran = await drive(
      'hook rcpt { number i = 0; while (true) { i += 1; string a = map("cdb:a", str(i)); } }',
      async () => ({ ok: true, value: '' }),
    );
    expect(ran).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-LOOKUPS' } });
  });

  it('does not count a delay as time', async () => {
    const ran = await drive('hook rcpt { delay 60; accept :relay; }', table([]), {
      clock: () => 0,
      budget: { ...ADMIN_BUDGET, milliseconds: 0 },
    });
    expect(ran).toMatchObject({ verdict: { verdict: 'accept', scope: 'relay' }, effects: [{ seconds: 60 }] });
  });
});

describe('driveMain', () => {
  const message = { fields: [{ name: 'Subject', body: ' hello' }] };
  const run = (text: string) =>
    driveMain(programOf(text), inputOf({ hook: 'message', message }), async () => ({ ok: true, value: '' }));

  it('gives the result', async () => {
    expect(await run('discard; stop; keep;')).toMatchObject({
      end: 'done',
      result: { actions: [{ action: 'discard' }], implicitKeep: false },
    });
    expect(await run('if true { }')).toMatchObject({
      end: 'done',
      result: { actions: [], implicitKeep: true },
    });
  });

  it('gives the fault, with the user’s bounds', async () => {
    const loop = 'if (true) { while (true) { } }';
    expect(await run(loop)).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-STEPS' } });
  });
});
