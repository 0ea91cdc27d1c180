// Random programs that the checker has passed, on random answers: they end in one of the documented ways and throw nothing, and
// they come out the same every time.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../check/index.ts';
import type { Program } from '../program.ts';
import type { Answer, HookRun, Value } from '../runtime.ts';
import { ADMIN_BUDGET, USER_BUDGET } from './budget.ts';
import type { Budget } from './context.ts';
import { inputOf } from './program.fixture.ts';
import { runHook } from './run.ts';

const FAULTS = new Set(
  'STEPS TIME LOOKUPS DEPTH STRING LIST VARIABLES REGEX NUMBER INDEX LOOKUP VALUE ANSWER'
    .split(' ')
    .map((name) => `MFL-RUN-${name}`),
);

const join = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));

const LETTERS = fc.constantFrom(
  'a',
  'B',
  '',
  '*',
  '?',
  'x y',
  '\u00e4',
  '\u{1f600}',
  '7',
  '-1',
  '@',
  '.',
  ',',
  '[',
  '(',
  '\\\\',
);

const { number, string, boolean, list, statement } = fc.letrec<
  Record<'number' | 'string' | 'boolean' | 'list' | 'statement', string>
>((tie) => {
  const [n, s, b, l, st] = [tie('number'), tie('string'), tie('boolean'), tie('list'), tie('statement')];
  const pick = (...ways: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...ways);
  const block = fc.array(st, { maxLength: 3 }).map((all) => `{ ${all.join(' ')} }`);
  return {
    number: pick(
      fc.constantFrom('0', '1', '2', '3.5', '9007199254740991', 'n', 'hits', '5min', 'rcpt.index'),
      join('(', n, fc.constantFrom(' + ', ' - ', ' * ', ' / ', ' % '), n, ')'),
      join('(-', n, ')'),
      join(fc.constantFrom('len(', 'num('), s, ')'),
      join('num_or(', s, ', ', n, ')'),
      join(fc.constantFrom('min(', 'max(', 'div('), n, ', ', n, ')'),
      join('index(', s, ', ', s, ')'),
      join('count(', l, ')'),
      join('double(', n, ')'),
      join('try(counter(', s, '), ', n, ')'),
    ),
    string: pick(
      LETTERS.map((text) => `"${text}"`),
      fc.constantFrom(
        's',
        'rcpt.address',
        '"${s} ${n} ${l} ${1} ${rcpt.domain}"',
        '"${hex:c3}${unicode:1F600}"',
      ),
      join('(', s, ' + ', s, ')'),
      join(
        fc.constantFrom(
          'lower(',
          'upper(',
          'trim(',
          'quote_regex(',
          'b64decode(',
          'domain_of(',
          'org_domain(',
        ),
        s,
        ')',
      ),
      join('str(', n, ')'),
      join('join(', l, ', ', s, ')'),
      join('replace(', s, ', ', s, ', ', s, ')'),
      join('substr(', s, ', ', n, ', ', n, ')'),
      join(l, '[', n, ']'),
      join(fc.constantFrom('first(', 'last('), l, ')'),
      join('map("cdb:a", ', s, ')'),
      join('try(map("cdb:a", ', s, '), ', s, ')'),
      join('dnsbl("z.example", ', s, ')'),
      join('ip_net(', s, ', ', n, ')'),
      fc.constant('client.host'),
    ),
    boolean: pick(
      fc.constantFrom('true', 'false', 'client.relay', 'lookup_failed()'),
      join('(', n, fc.constantFrom(' == ', ' < ', ' >= '), n, ')'),
      join('(', s, fc.constantFrom(' == ', ' < ', ' is ', ' contains ', ' matches '), s, ')'),
      // The checker looks at literal patterns and networks.
      join('(', s, fc.constantFrom(' =~ ', ' !~ '), 'lower(', s, '))'),
      join('(', s, fc.constantFrom(' in ', ' not in ', ' is ', ' not matches '), l, ')'),
      join('(', b, fc.constantFrom(' && ', ' || '), b, ')'),
      join('(!', b, ')'),
      join(fc.constantFrom('allof (', 'anyof ('), b, ', ', b, ')'),
      join('ip_in(', s, ', l + ', l, ')'),
    ),
    list: pick(
      fc.constantFrom('l', '[]', '["a", "b"]'),
      join('[', s, ', ', s, ']'),
      join('(', l, ' + ', l, ')'),
      join('split(', s, ', ', s, ')'),
      join(fc.constantFrom('sort(', 'unique('), l, ')'),
      join('dns_mx(', s, ')'),
    ),
    statement: pick(
      join('n = ', n, ';'),
      join('s ', fc.constantFrom('=', '+='), ' ', s, ';'),
      join('l ', fc.constantFrom('=', '+='), ' ', l, ';'),
      join('hits += ', n, ';'),
      join('set "x" "${s}"; log "${x}";'),
      join('log $(', s, ');'),
      join('delay $(abs(', n, '));'),
      join('report "k" :key $(', s, ') :weight $(', n, ');'),
      join('if (', b, ') ', block, ' else ', block),
      join('while (', b, ') ', block),
      join('foreach (string item in ', l, ') ', block),
      join('if (', b, ') { reject $(', s, '); }'),
      join('greylist :key $(', s, ');'),
      join('set_sender $(lower(', s, '));'),
    ),
  };
});

const source = fc
  .tuple(fc.array(statement, { minLength: 1, maxLength: 6 }), number, string, list, boolean)
  .map(
    ([statements, n, s, l, b]) => `
      session number hits = 0;
      number double(number n) { if (n > 1000) { return double(n - 1); } return n * 2; }
      hook rcpt {
        number n = 1; string s = "s"; list l = ["one"];
        ${statements.join('\n        ')}
        n = ${n}; s = ${s}; l = ${l};
        if (${b}) { defer "\${n} \${s} \${l}"; }
      }`,
  );

const value = fc.oneof(fc.string(), fc.boolean(), fc.double(), fc.array(fc.string(), { maxLength: 3 }));
const answer: fc.Arbitrary<Answer> = fc.oneof(
  value.map((given): Answer => ({ ok: true, value: given as Value })),
  fc.constant<Answer>({ ok: false, reason: 'down' }),
);

function programOf(text: string): Program {
  const { program, problems } = compile({
    main: { name: 'random.mfl', text, dialect: 'mfl' },
    load: () => ({ problem: 'no other file' }),
  });
  if (program === null) throw new Error(`${JSON.stringify(problems)}\n${text}`);
  return program;
}

/** Answers in turn, the same to the same program. */
function outcome(program: Program, answers: readonly Answer[], budget: Budget): HookRun {
  const known = new Map<string, Answer>();
  for (;;) {
    const properties = { 'rcpt.address': 'j\xc3\xb6@example.org', 'rcpt.domain': 'example.org' };
    const ran = runHook(program, { ...inputOf({ properties }), known }, { budget });
    if (ran.end !== 'needs') return ran;
    known.set(ran.lookup.key, answers[known.size % answers.length] as Answer);
  }
}

describe('checked programs', () => {
  it('end as documented, and always in the same way', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(
        source,
        fc.array(answer, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        (text, answers, admin) => {
          const program = programOf(text);
          const budget = { ...(admin ? ADMIN_BUDGET : USER_BUDGET), steps: 5000 };
          const ran = outcome(program, answers, budget);
          ends.add(ran.end === 'failed' ? ran.fault.code : ran.end);
          if (ran.end === 'failed') {
            expect(FAULTS).toContain(ran.fault.code);
            expect(ran.fault.where).toMatch(/^random\.mfl:\d+:\d+$/);
          }
          expect(outcome(program, answers, budget)).toEqual(ran);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    // The property has not been vacuous.
    expect([...ends]).toEqual(
      expect.arrayContaining(['done', 'MFL-RUN-INDEX', 'MFL-RUN-NUMBER', 'MFL-RUN-LOOKUP']),
    );
  });
});
