// Verdicts with all their tags, questions that end in one, and effects in their order. Main scripts are Sieve: what ends a hook is
// collected there.

import { describe, expect, it } from 'vitest';
import type { Answer } from '../runtime.ts';
import { inputOf, programOf, runText } from './program.fixture.ts';
import { runHook } from './run.ts';

const CLIENT = {
  'client.ip': '192.0.2.77',
  'sender.address': 'a@example.net',
  'sender.domain': 'example.net',
  'rcpt.address': 'b@example.org',
};

const run = (statements: string, known: Readonly<Record<string, Answer>> = {}) =>
  runText(`hook rcpt { ${statements} log "went on"; }`, { properties: CLIENT, known });

const asked = (name: string, ...values: readonly unknown[]): string =>
  `${JSON.stringify(['function', name, values])} #1`;

describe('verdicts', () => {
  it.each([
    ['accept;', { verdict: 'accept', scope: 'plain' }],
    ['accept :local;', { verdict: 'accept', scope: 'local' }],
    ['accept :relay;', { verdict: 'accept', scope: 'relay' }],
    ['reject "no";', { verdict: 'reject', text: 'no' }],
    ['ereject "no";', { verdict: 'reject', text: 'no' }],
    [
      'reject :code 553 :status "5.7.1" "no ${sender.address}";',
      { verdict: 'reject', code: 553, status: '5.7.1', text: 'no a@example.net' },
    ],
    ['number n = 552; reject :code $n "x";', { verdict: 'reject', code: 552, text: 'x' }],
    ['defer "later";', { verdict: 'defer', text: 'later' }],
    ['tempfail :status "4.4.0" "later";', { verdict: 'defer', status: '4.4.0', text: 'later' }],
    ['drop;', { verdict: 'drop' }],
    ['drop "bye" :code 554;', { verdict: 'drop', code: 554, text: 'bye' }],
    ['discard;', { verdict: 'discard' }],
    ['quarantine;', { verdict: 'quarantine' }],
    ['quarantine :into "spam" "why";', { verdict: 'quarantine', into: 'spam', text: 'why' }],
    ['reply :code 252 "try";', { verdict: 'reply', code: 252, text: 'try' }],
    ['user_filter;', { verdict: 'user-filter' }],
  ])('%s ends the hook', (statement, verdict) => {
    expect(run(statement)).toMatchObject({ end: 'done', verdict, where: '1.mfl:1', effects: [] });
  });

  it.each([
    ['number n = 250; reject :code $n "x";'],
    ['number n = 450; reject :code $n "x";'],
    ['number n = 550.5; reject :code $n "x";'],
    ['number n = 550; defer :code $n "x";'],
    ['number n = 354; reply :code $n "x";'],
    ['number n = 250; drop :code $n;'],
    ['string s = "9.1.1"; reject :status $s "x";'],
    ['string s = "5.1.1 ok"; drop :status $s "x";'],
    ['string s = ""; set_rcpt $s;'],
    ['string s = ""; add_rcpt $s;'],
    ['string s = "a\tb@example.org"; add_rcpt $s;'],
    ['rcpt.address = "";'],
    ['set_sender "a\r\nb";'],
  ])('%s is an error', (statement) => {
    expect(run(statement)).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-VALUE' } });
  });

  it('at the greeting have fewer codes', () => {
    const code = (n: number) =>
      runText(`hook connect { number n = ${n}; reject :code $n "x"; }`, { hook: 'connect' });
    expect(code(554)).toMatchObject({ end: 'done', verdict: { code: 554 } });
    expect(code(552)).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-VALUE' } });
  });

  it('can be preceded by the null sender', () => {
    expect(run('string s = ""; set_sender $s;')).toMatchObject({ end: 'done' });
  });

  it('carry a private text for the log', () => {
    expect(run('reject :log "score ${sender.domain}" "no";')).toMatchObject({
      verdict: { verdict: 'reject', text: 'no' },
      log: 'score example.net',
    });
  });

  it('with :dryrun only say so', () => {
    const ran = run('reject :dryrun :code 553 :log "why" "no"; accept :dryrun;');
    expect(ran).toMatchObject({
      verdict: { verdict: 'undecided' },
      effects: [
        { effect: 'log', text: 'would reject 553: no (why)', where: '1.mfl:1' },
        { text: 'would accept' },
        { text: 'went on' },
      ],
    });
  });

  it('keep the lines of a literal, and none that is filled in', () => {
    const text = 'hook rcpt { string bad = "x\ny\r\nz"; reject "one\ntwo ${bad}"; }';
    expect(runText(text)).toMatchObject({
      verdict: { text: 'one\r\ntwo x y z' },
      effects: [{ effect: 'log', level: 'warning' }],
    });
    expect(runText('hook rcpt { string bad = "x\ny"; reject $bad; }')).toMatchObject({
      verdict: { text: 'x y' },
    });
  });

  it('leave as octets', () => {
    expect(run('reject "n\u00f6";')).toMatchObject({ verdict: { text: 'n\xc3\xb6' } });
  });
});

describe('greylist and ratelimit', () => {
  const DEFAULTS = ['192.0.2.0/24 a@example.net b@example.org', 300, 129_600, 3_024_000];

  it('ask for the client network, sender and recipient', () => {
    expect(run('greylist "wait";')).toMatchObject({
      end: 'needs',
      lookup: {
        key: asked('greylist', ...DEFAULTS),
        group: 'reputation',
        question: { kind: 'function', name: 'greylist', arguments: DEFAULTS },
      },
    });
  });

  it.each([
    [
      { ok: true, value: true },
      { verdict: 'defer', text: 'wait' },
    ],
    [{ ok: true, value: false }, { verdict: 'undecided' }],
    [{ ok: false, reason: 'down' }, { verdict: 'undecided' }],
  ] as const)('on %j come to %j', (answer, verdict) => {
    expect(run('greylist "wait";', { [asked('greylist', ...DEFAULTS)]: answer })).toMatchObject({ verdict });
    expect(
      run('ratelimit :key "k" :max 5 :per 1h "wait";', { [asked('ratelimit', 'k', 5, 3600)]: answer }),
    ).toMatchObject({ verdict });
  });

  it('count every time they are reached', () => {
    const statements = 'ratelimit :key "k" :max 5 :per 1h; ratelimit :key "k" :max 5 :per 1h;';
    const ran = run(statements, { [asked('ratelimit', 'k', 5, 3600)]: { ok: true, value: false } });
    expect(ran).toMatchObject({
      end: 'needs',
      lookup: { key: asked('ratelimit', 'k', 5, 3600).replace('#1', '#2') },
    });
  });

  it('take a verdict’s tags', () => {
    const ran = run('ratelimit :key "k" :max 1 :per 1min :code 452 :status "4.5.3" "slow";', {
      [asked('ratelimit', 'k', 1, 60)]: { ok: true, value: true },
    });
    expect(ran).toMatchObject({ verdict: { verdict: 'defer', code: 452, status: '4.5.3', text: 'slow' } });
  });
});

describe('effects', () => {
  it.each([
    ['log :level "notice" "x";', [{ effect: 'log', level: 'notice', text: 'x', where: '1.mfl:1' }]],
    [
      'tag "t" "v"; tag "u";',
      [
        { effect: 'tag', name: 't', value: 'v' },
        { effect: 'tag', name: 'u', value: '' },
      ],
    ],
    ['delay 5;', [{ effect: 'delay', seconds: 5 }]],
    [
      'delay 50; delay 50; delay 1;',
      [
        { effect: 'delay', seconds: 50 },
        { effect: 'delay', seconds: 10 },
      ],
    ],
    ['delay $(2 * 3);', [{ effect: 'delay', seconds: 6 }]],
    ['report "trap";', [{ effect: 'report', kind: 'trap', key: '192.0.2.77', weight: 1, note: '' }]],
    [
      'report "trap" :key "k" :weight 10 "note";',
      [{ effect: 'report', kind: 'trap', key: 'k', weight: 10, note: 'note' }],
    ],
    ['set_sender "x@example.com";', [{ effect: 'sender', address: 'x@example.com' }]],
    ['sender.address = "x@example.com";', [{ effect: 'sender', address: 'x@example.com' }]],
    ['set_rcpt "x@example.com";', [{ effect: 'rcpt', how: 'set', address: 'x@example.com' }]],
    ['rcpt.address = "x@example.com";', [{ effect: 'rcpt', how: 'set', address: 'x@example.com' }]],
    ['add_rcpt "x@example.com";', [{ effect: 'rcpt', how: 'add', address: 'x@example.com' }]],
    ['remove_rcpt "x@example.com";', [{ effect: 'rcpt', how: 'remove', address: 'x@example.com' }]],
    ['client.relay = true;', [{ effect: 'property', name: 'client.relay', value: true }]],
    ['control.max_size = 5K;', [{ effect: 'control', name: 'max_size', value: 5120 }]],
    ['control.text.reject = "n\u00f6";', [{ effect: 'control', name: 'text.reject', value: 'n\xc3\xb6' }]],
    ['control.local_domains += ["a"];', [{ effect: 'control', name: 'local_domains', value: ['a'] }]],
  ])('%s', (statements, effects) => {
    const ran = run(statements);
    expect(ran.end === 'done' ? ran.effects.slice(0, -1) : ran).toEqual(effects);
  });

  it('are seen by the rest of the run', () => {
    const ran = run(`
      set_sender "Joe@Example.COM"; control.max_size = 7; client.relay = true; tag "t";
      log "\${sender.address} \${sender.localpart} \${sender.domain} \${sender.is_null} \${control.max_size}";
      set_rcpt "joe+a+b@example.com"; log "\${rcpt.user} \${rcpt.detail} \${rcpt.domain}";
      if (client.relay && tagged("t") && !tagged("u")) { log "yes"; }`);
    const texts =
      ran.end === 'done' ? ran.effects.map((effect) => ('text' in effect ? effect.text : '')) : [];
    expect(texts).toContain('Joe@Example.COM Joe example.com false 7');
    expect(texts).toContain('joe a+b example.com');
    expect(texts).toContain('yes');
  });

  it('are there of a run that failed, as far as it came', () => {
    expect(run('log "a"; delay $(0 - 1);')).toMatchObject({
      end: 'failed',
      fault: { code: 'MFL-RUN-VALUE', where: '1.mfl:1:22' },
      effects: [{ text: 'a' }],
    });
  });
});

describe('a main script', () => {
  const message = { fields: [{ name: 'Subject', body: ' hello' }] };

  it.each([
    ['require "reject"; reject "no";', { verdict: 'reject', text: 'no' }],
    ['discard;', { verdict: 'discard' }],
    ['keep; stop; discard;', { verdict: 'undecided' }],
    ['if header :contains "subject" "ell" { discard; }', { verdict: 'discard' }],
    ['if header :contains "subject" "x" { discard; }', { verdict: 'undecided' }],
    ['if (1 == 1) { log "x"; reject "no"; }', { verdict: 'reject', text: 'no' }],
    ['if (1 == 1) { defer "later"; }', { verdict: 'defer', text: 'later' }],
  ])('%s is the message hook of its file', (text, verdict) => {
    expect(runText(text, { hook: 'message', message })).toMatchObject({ end: 'done', verdict });
    expect(runText(text, { hook: 'rcpt', message })).toMatchObject({
      verdict: { verdict: 'undecided' },
      steps: 0,
    });
  });

  it('runs in load order between hooks', () => {
    const program = programOf('hook message { log "1"; }', 'discard;', 'hook message { log "3"; }');
    expect(runHook(program, inputOf({ hook: 'message', message }))).toMatchObject({
      verdict: { verdict: 'discard' },
      effects: [{ text: '1' }],
      result: { actions: [{ action: 'discard' }], implicitKeep: false },
    });
  });
});
