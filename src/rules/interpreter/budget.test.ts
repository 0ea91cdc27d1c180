// Every bound of a run, reached: it ends there, with a fault that names the place. What looks at long values again and again has
// to be paid for by their length, or no bound on steps would bound the time.

import { describe, expect, it } from 'vitest';
import type { Answer } from '../runtime.ts';
import { ADMIN_BUDGET, USER_BUDGET } from './budget.ts';
import { type Given, inputOf, programOf, runText } from './program.fixture.ts';
import { runHook, runMain } from './run.ts';
import type { RunOptions } from './start.ts';

function faultOf(text: string, options: RunOptions = {}, given: Given = {}): string {
  const ran = runText(text, given, options);
  return ran.end === 'failed' ? `${ran.fault.code} ${ran.fault.where}: ${ran.fault.message}` : ran.end;
}

const hook = (statements: string): string => `hook rcpt {\n${statements}\n}`;

describe('limits', () => {
  it.each([
    ['steps', 'while (true) { }', /^MFL-RUN-STEPS 1\.mfl:2:1: /],
    [
      'steps of copies',
      'string s = "0123456789abcdef0123456789abcdef"; while (len(s) < 100000) { s += s; } while (true) { string t = s + "x"; }',
      /^MFL-RUN-STEPS 1\.mfl:2:/,
    ],
    [
      'a string that grows',
      'string s = "0123456789abcdef"; while (true) { s += s; }',
      /^MFL-RUN-STRING 1\.mfl:2:47: .*262144/,
    ],
    [
      'an interpolated string',
      'string s = "0123456789abcdef"; while (true) { s = "${s}${s}"; }',
      /^MFL-RUN-STRING/,
    ],
    [
      'a replaced string',
      'string s = "aaaaaaaaaaaaaaaa"; while (true) { s = replace(s, "a", "aaaaaaaaaaaaaaaa"); }',
      /^MFL-RUN-STRING/,
    ],
    [
      'a joined string',
      'string s = "0123456789abcdef"; while (len(s) < 100000) { s += s; } string t = join([s, s, s], "");',
      /^MFL-RUN-STRING/,
    ],
    ['a list that grows', 'list l = ["a"]; while (true) { l += l; }', /^MFL-RUN-LIST 1\.mfl:2:/],
    [
      'a split list',
      'string s = ","; while (len(s) < 20000) { s += s; } list l = split(s, ",");',
      /^MFL-RUN-LIST/,
    ],
    [
      'a long pattern',
      'string s = "aaaaaaaa"; while (len(s) < 5000) { s += s; } if ("x" =~ s) { }',
      /^MFL-RUN-REGEX/,
    ],
    [
      'a costly match',
      'string s = "aaaaaaaa"; while (len(s) < 60000) { s += s; } if (s =~ "(a?){400}[cd]") { }',
      /^MFL-RUN-REGEX/,
    ],
    [
      'many matches',
      'string s = "aaaaaaaa"; while (len(s) < 60000) { s += s; } while (true) { if (s =~ "(a?){50}b") { } }',
      /^MFL-RUN-REGEX/,
    ],
  ])('end a run that exceeds %s', (_what, statements, expected) => {
    expect(faultOf(hook(statements))).toMatch(expected);
  });

  it.each([
    ['len(s) > 0'],
    ['t == u'],
    ['s < t'],
    ['t is u'],
    ['t contains s'],
    ['s matches "*y"'],
    ['is_ip(s)'],
    ['num_or(s, 1) == 2'],
    ['"${l}" == ""'],
  ])('make %s of long strings cost what it takes', (test) => {
    const made =
      'string s = "0123456789abcdef"; while (len(s) < 100000) { s += s; } string t = s + "x"; string u = s + "y"; list l = [s];';
    const ran = runText(hook(`${made} number n = 0; while (n < 200) { n += 1; if (${test}) { } }`));
    expect(ran).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-STEPS' } });
  });

  it('hold for what is logged', () => {
    const made = 'string s = "0123456789abcdef"; while (len(s) < 100000) { s += s; }';
    const ran = runText(hook(`${made} while (true) { log $s; }`));
    expect(ran).toMatchObject({ end: 'failed', fault: { code: 'MFL-RUN-STEPS' } });
    expect(ran.end === 'failed' ? ran.effects.length : 0).toBeLessThan(100);
  });

  it('end a list that is too long as text', () => {
    const made = 'string s = "0123456789abcdef"; while (len(s) < 100000) { s += s; } list l = [s, s, s];';
    expect(faultOf(hook(`${made} log "\${l}";`))).toMatch(/^MFL-RUN-STRING/);
    expect(faultOf(hook(`${made} log $(str(l));`))).toMatch(/^MFL-RUN-STRING/);
  });

  it('end endless recursion', () => {
    expect(faultOf('void f() { f(); }\nhook rcpt { f(); }')).toMatch(/^MFL-RUN-DEPTH 1\.mfl:1:12: .*32/);
    const deep =
      'number f(number n) { if (n == 0) { return 0; } return f(n - 1); }\nhook rcpt { log $(str(f(';
    expect(faultOf(`${deep}31))); }`)).toBe('done');
    expect(faultOf(`${deep}32))); }`)).toMatch(/^MFL-RUN-DEPTH/);
  });

  it('count the calls of each hook from its start, also behind a stop inside a call', () => {
    const stops = 'void f(number n) { if (n == 0) { stop; } f(n - 1); }\nhook rcpt { f(31); }';
    const calls = 'void inner() { log "there"; }\nvoid outer() { inner(); }\nhook rcpt { outer(); }';
    const ran = runHook(programOf(stops, calls), inputOf());
    expect(ran).toMatchObject({ end: 'done', effects: [{ text: 'there' }] });
  });

  it('end a value that needs itself', () => {
    expect(faultOf('const number a = b;\nconst number b = a;\nhook rcpt { log $(str(a)); }')).toMatch(
      /^MFL-RUN-DEPTH/,
    );
  });

  it('end a run with too many variables', () => {
    const set = Array.from({ length: 1025 }, (_, i) => `set "v${i}" "x";`);
    expect(faultOf(hook(set.slice(1).join(' ')))).toBe('done');
    expect(faultOf(hook(set.join('\n')))).toMatch(/^MFL-RUN-VARIABLES 1\.mfl:1026:1: .*1024/);
  });

  it('end a run with too many lookups, and count one that is asked again once', () => {
    const answer: Answer = { ok: true, value: '' };
    const known = Object.fromEntries(
      Array.from({ length: 65 }, (_, i) => [JSON.stringify(['map', 'cdb:x', `k${i}`, 'value']), answer]),
    );
    const loop = (most: number): string =>
      hook(
        `number i = 0; while (i < ${most}) { string a = map("cdb:x", "k\${i}"); a = map("cdb:x", "k0"); i += 1; }`,
      );
    expect(faultOf(loop(64), {}, { known })).toBe('done');
    expect(faultOf(loop(65), {}, { known })).toMatch(/^MFL-RUN-LOOKUPS 1\.mfl:2:.*64/);
  });

  it('end a run whose time is over', () => {
    let now = 0;
    const clock = (): number => now++;
    const options = { deadline: { clock, until: 10 } };
    expect(faultOf(hook('while (true) { }'), options)).toMatch(/^MFL-RUN-TIME 1\.mfl:2:1: /);
    expect(now).toBe(12);
  });

  it('are tighter for users, whose strings are cut', () => {
    expect(faultOf(hook('while (true) { }'), { budget: USER_BUDGET })).toMatch(/^MFL-RUN-STEPS/);
    const text = hook(
      'string s = "0123456789abcdef"; number i = 0; while (i < 12) { s += s; i += 1; } log $(str(len(s)));',
    );
    expect(runText(text, {}, { budget: USER_BUDGET })).toMatchObject({ effects: [{ text: '4096' }] });
    const pairs = hook(
      'string s = "\u{1f600}"; while (len(s) < 2048) { s += s; } s = "x" + s; log $(str(len(s)));',
    );
    expect(runText(pairs, {}, { budget: USER_BUDGET })).toMatchObject({ effects: [{ text: '2048' }] });
  });

  it.each([
    ['calls', 'void f() { f(); } hook rcpt { f(); }', /^MFL-RUN-DEPTH .* 8$/],
    ['lists', hook('list l = ["a"]; while (true) { l += l; }'), /^MFL-RUN-LIST .* 255 items$/],
    [
      'variables',
      hook(Array.from({ length: 256 }, (_, i) => `set "v${i}" "x";`).join('\n')),
      /^MFL-RUN-VARIABLES 1\.mfl:257:1: .* 255 /,
    ],
    ['patterns', hook(`if ("x" =~ "${'a'.repeat(1025)}") { }`), /^MFL-RUN-REGEX/],
    [
      'one match',
      hook('string s = "aaaaaaaa"; while (len(s) < 4096) { s += s; } if (s =~ "(a?){500}[cd]") { }'),
      /^MFL-RUN-REGEX/,
    ],
    [
      'matches',
      hook(
        'string s = "aaaaaaaa"; while (len(s) < 4096) { s += s; } while (true) { if (s =~ "(a?){50}b") { } }',
      ),
      /^MFL-RUN-REGEX/,
    ],
  ])('are tighter for users: %s', (_what, text, expected) => {
    expect(faultOf(text, { budget: USER_BUDGET })).toMatch(expected);
  });

  it('are tighter for users: look-ups', () => {
    const known = Object.fromEntries(
      Array.from({ length: 17 }, (_, i): [string, Answer] => [
        JSON.stringify(['map', 'cdb:x', `k${i}`, 'value']),
        { ok: true, value: '' },
      ]),
    );
    const loop = (most: number): string =>
      hook(`number i = 0; while (i < ${most}) { string a = map("cdb:x", "k\${i}"); i += 1; }`);
    expect(faultOf(loop(16), { budget: USER_BUDGET }, { known })).toBe('done');
    expect(faultOf(loop(17), { budget: USER_BUDGET }, { known })).toMatch(/^MFL-RUN-LOOKUPS .* 16 /);
  });

  it('are no reason to go on after error', () => {
    expect(faultOf(hook('error "enough";'))).toBe('MFL-RUN-ERROR 1.mfl:2:1: enough');
  });

  it('cut what a variable of a user keeps, and not what is handed on', () => {
    const before = `set "a" "${'x'.repeat(3000)}"; set "b" "\${a}\${a}";`;
    const reasonOf = (text: string): string => {
      const program = programOf(`${before} reject "${text}";`);
      const main = program.main && { ...program.main, interpolates: true };
      const ran = runMain({ ...program, main }, inputOf({ hook: 'message' }), { budget: USER_BUDGET });
      if (ran.end !== 'done') return ran.end === 'failed' ? ran.fault.message : ran.end;
      const [action] = ran.result.actions;
      return action?.action === 'reject' ? action.reason : '';
    };
    expect(reasonOf('${a}${a}')).toHaveLength(6000);
    expect(reasonOf('${b}')).toHaveLength(4096);
    expect(reasonOf('${b}'.repeat(64))).toHaveLength(262_144);
    expect(reasonOf('${b}'.repeat(65))).toMatch(/longer than 262144/);
  });

  it('make a glob that has to be tried again and again cost what it takes', () => {
    const made = 'string s = "aaaaaaaaaaaaaaaa"; while (len(s) < 5000) { s += s; }';
    const text = hook(`${made} if (s matches "*${'?a'.repeat(400)}b*") { }`);
    const budget = { ...ADMIN_BUDGET, steps: 2000 };
    expect(faultOf(hook(made), { budget })).toBe('done');
    expect(faultOf(text, { budget })).toMatch(/^MFL-RUN-STEPS/);
  });

  it('come to the same number of steps for the same input', () => {
    const text = hook('number i = 0; while (i < 10) { i += 1; } log "${i}";');
    const [first, second] = [runText(text), runText(text)];
    expect(first).toMatchObject({ end: 'done' });
    expect(first).toEqual(second);
  });
});
