// Statements, functions, hooks and variables, by what they log in which order. Programs are parsed and not checked, so each shows the
// interpreter alone.

import { describe, expect, it } from 'vitest';
import type { HookRun } from '../runtime.ts';
import { inputOf, programOf, runText } from './program.fixture.ts';
import { runHook } from './run.ts';

/** What was logged, in order. */
function logs(ran: HookRun): readonly string[] {
  if (ran.end === 'needs') return [JSON.stringify(ran)];
  if (ran.end === 'failed') return [`${ran.fault.code} ${ran.fault.where}`];
  return ran.effects.map((effect) => (effect.effect === 'log' ? effect.text : effect.effect));
}

const inHook = (statements: string): readonly string[] => logs(runText(`hook rcpt { ${statements} }`));

describe('statements', () => {
  it.each([
    ['if (1 == 1) { log "a"; } else { log "b"; }', ['a']],
    ['if (1 == 2) { log "a"; } elsif (1 == 1) { log "b"; } else { log "c"; }', ['b']],
    ['if false { log "a"; } else if true { log "b"; } log "c";', ['b', 'c']],
    ['if false { log "a"; } else { log "c"; }', ['c']],
    ['number i = 0; while (i < 3) { i += 1; log "${i}"; }', ['1', '2', '3']],
    [
      'number i = 0; while (true) { i += 1; if (i == 2) { continue; } if (i > 3) { break; } log "${i}"; }',
      ['1', '3'],
    ],
    ['foreach (string s in ["a", "b"]) { log $s; }', ['a', 'b']],
    ['foreach (s in ["a", "b", "c"]) { if (s == "b") { continue; } log $s; }', ['a', 'c']],
    [
      'foreach (s in ["a", "b"]) { foreach (t in ["x", "y"]) { if (t == "y") { break; } log "${s}${t}"; } }',
      ['ax', 'bx'],
    ],
    ['foreach (s in ["a", "b"]) { if (s == "b") { return; } log $s; } log "never";', ['a']],
    ['log "a"; stop; log "b";', ['a']],
    ['string s = "o"; if true { string s = "i"; log $s; } log $s;', ['i', 'o']],
    ['string s = "a"; s += "b"; number n = 5; n -= 7; log "${s}${n}";', ['ab-2']],
    ['list l = ["a"]; l += ["b"]; log "${l}";', ['a, b']],
    ['set "x" "v"; log "${x}";', ['v']],
    ['string x = "a"; set "x" "b"; log $x;', ['b']],
    ['foreach (s in ["a", "b"]) { string t = s; t += "!"; log $t; }', ['a!', 'b!']],
    // Code that is made late sees the names of its place, not those declared behind it.
    [
      'number n = 0; string s = "o"; while (n < 2) { n += 1; if (n == 2) { log $s; } string s = "i"; log $s; }',
      ['i', 'o', 'i'],
    ],
    [
      'boolean s = true; number n = 0; while (n < 2) { n += 1; boolean s = n == 1 || s; log "${s}"; }',
      ['true', 'true'],
    ],
    [
      'number n = 0; while (n < 2) { n += 1; if (n > 2) { log "a"; } elsif (n > 1) { log "b"; } else { log "c"; } }',
      ['c', 'b'],
    ],
  ])('%s', (statements, expected) => {
    expect(inHook(statements)).toEqual(expected);
  });
});

describe('functions', () => {
  it('return values, take arguments by value and recurse', () => {
    const text = `
      number factorial(number n) { if (n < 2) { return 1; } return n * factorial(n - 1); }
      string both(string a, string b) { a += b; return a; }
      void say(string s) { log $s; return; log "never"; }
      hook rcpt {
        string a = "x";
        log "\${a}" ;
        log $(both(a, "y"));
        log $(str(factorial(10)));
        say(a);
      }`;
    expect(logs(runText(text))).toEqual(['x', 'xy', '3628800', 'x']);
  });

  it('end the hook by a verdict, in the file they stand in', () => {
    const program = programOf('hook rcpt { out(); log "never"; }', '\nvoid out() {\n  reject "no"; }');
    const ran = runHook(program, inputOf());
    expect(ran).toMatchObject({ end: 'done', verdict: { verdict: 'reject', text: 'no' }, where: '2.mfl:3' });
  });

  it('leave the place of the caller as it was', () => {
    const program = programOf(
      'hook rcpt {\n  n(); log $(str(1 / zero())); }',
      'void n() { return; } number zero() { return 0; }',
    );
    expect(logs(runHook(program, inputOf()))).toEqual(['MFL-RUN-NUMBER 1.mfl:2:18']);
  });
});

describe('hooks', () => {
  it('take their parameters from the session', () => {
    const ran = runText('hook rcpt(string address) { log $address; }', {
      arguments: ['j\xc3\xb6@example.org'],
    });
    expect(logs(ran)).toEqual(['j\xc3\xb6@example.org']);
  });

  it('of one name run in load order until one decides', () => {
    const program = programOf(
      'hook rcpt { log "1"; return; }',
      'hook rcpt { log "2"; stop; }',
      'hook rcpt { log "3"; accept; }',
      'hook rcpt { log "4"; }',
    );
    const ran = runHook(program, inputOf());
    expect(logs(ran)).toEqual(['1', '2', '3']);
    expect(ran).toMatchObject({ verdict: { verdict: 'accept', scope: 'plain' }, where: '3.mfl:1' });
  });

  it('that are not there are undecided', () => {
    expect(runText('hook mail { reject "x"; }')).toMatchObject({
      verdict: { verdict: 'undecided' },
      where: null,
      steps: 0,
    });
  });
});

describe('variables', () => {
  const TEXT = `
    const string greeting = "hi";
    session number hits = 10;
    transaction string profile = "none";
    hook rcpt { hits += 1; profile += greeting; log "\${hits} \${profile}"; set "loose" "x"; }`;

  it('start from their declared values and are handed back', () => {
    const ran = runText(TEXT);
    expect(logs(ran)).toEqual(['11 nonehi']);
    expect(ran).toMatchObject({ variables: { session: { hits: 11 }, transaction: { profile: 'nonehi' } } });
  });

  it('go on from what the session kept', () => {
    const ran = runText(TEXT, { session: { hits: 1, other: 'kept' }, transaction: { profile: 'p' } });
    expect(logs(ran)).toEqual(['2 phi']);
    expect(ran).toMatchObject({ variables: { session: { hits: 2, other: 'kept' } } });
  });

  it('are made from other variables in the file they stand in', () => {
    const program = programOf(
      'hook rcpt { log $(str(a)); log $(str(b)); }',
      '\nconst number a = b + 1;\nconst number b = 2;',
    );
    expect(logs(runHook(program, inputOf()))).toEqual(['3', '2']);
    const broken = programOf('hook rcpt { log $(str(a)); }', '\nconst number a = 1 / 0;');
    expect(logs(runHook(broken, inputOf()))).toEqual(['MFL-RUN-NUMBER 2.mfl:2:18']);
  });
});
