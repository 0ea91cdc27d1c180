// What a command of Sieve can do through its context: run its block, read and set variables, start another script, fail. The
// commands are made up here; the parser takes any name.

import { describe, expect, it } from 'vitest';
import type { Program } from '../program.ts';
import type { Context } from './context.ts';
import { inputOf, programOf, runText, valueOfExpression } from './program.fixture.ts';
import { runHook, runMain } from './run.ts';
import type { Extra } from './state.ts';

type Action = (context: Context, block: Parameters<Context['execute']>[0]) => void;

/** Commands of a test, by the names of Sieve commands the parser takes any arguments and blocks for. */
const extra = (actions: Readonly<Record<string, Action>>): Extra => ({
  tests: new Map([['duplicate', () => true]]),
  actions: new Map(
    Object.entries(actions).map(([name, action]) => [
      name,
      (node, context) => action(context, node.block ?? []),
    ]),
  ),
});

const logs = (ran: ReturnType<typeof runHook>): readonly string[] =>
  'effects' in ran
    ? ran.effects.map((effect) => (effect.effect === 'log' ? effect.text : effect.effect))
    : ['needs'];

describe('the context of a command', () => {
  it('executes its block again and again, until it is left', () => {
    const thrice: Action = (context, block) => {
      for (let i = 0; i < 3; i++) {
        context.setVariable('i', String(i));
        context.execute(block);
      }
    };
    const run = (statements: string) =>
      logs(runText(`hook rcpt { ${statements} log "end"; }`, {}, { extra: extra({ thrice }) }));
    expect(run('thrice { log "${i}"; }')).toEqual(['0', '1', '2', 'end']);
    expect(run('thrice { if ("${i}" == "1") { return; } log "${i}"; }')).toEqual(['0']);
    expect(run('thrice { if ("${i}" == "1") { accept; } log "${i}"; }')).toEqual(['0']);
    // Nobody else ends the loop for the command: it leaves the command, and the loop around it.
    expect(run('while (true) { thrice { if ("${i}" == "1") { break; } log "${i}"; } }')).toEqual([
      '0',
      'end',
    ]);
  });

  it('gives functions their value through a block', () => {
    const once: Action = (context, block) => context.execute(block);
    const text = 'string f() { once { return "inside"; } return "outside"; } hook rcpt { log $(f()); }';
    expect(logs(runText(text, {}, { extra: extra({ once }) }))).toEqual(['inside']);
  });

  it('sees and sets the variables around it', () => {
    const shout: Action = (context) => {
      context.setVariable('s', `${context.variable('s')}!`);
      context.setVariable('g', context.interpolate('${s}${G}'));
      context.setVariable('new', context.variable('unset'));
    };
    const text = 'session string g = "g"; hook rcpt { string s = "s"; shout; log "${s} ${g} [${new}]"; }';
    expect(logs(runText(text, {}, { extra: extra({ shout }) }))).toEqual(['s! s!g []']);
  });

  it('evaluates nodes, fails at a place, and has tests added too', () => {
    const bad: Action = (context) => context.fail(12, 'MFL-TEST', 'no');
    expect(runText('hook rcpt {\n bad; }', {}, { extra: extra({ bad }) })).toMatchObject({
      end: 'failed',
      fault: { where: '1.mfl:2:1', code: 'MFL-TEST' },
    });
    expect(runText('hook rcpt { if duplicate { accept; } }', {}, { extra: extra({}) })).toMatchObject({
      verdict: { verdict: 'accept' },
    });
  });

  it('of a command nobody knows is a fault', () => {
    expect(runText('hook rcpt { something; }')).toMatchObject({ fault: { code: 'MFL-RUN-UNKNOWN' } });
    expect(valueOfExpression('something()')).toMatch(/^MFL-RUN-UNKNOWN/);
  });
});

describe('scripts within scripts', () => {
  const inner = programOf(
    'set "own" "inner"; set "shared" "inner"; if string "${own}" "inner" { return; } keep;',
  );
  const outer = programOf(
    'set "own" "outer"; set "shared" "outer"; call; log "${own} ${shared} ${global.shared}"; if (1 == 1) { }',
  );
  const program: Program = { ...outer, files: [...outer.files, ...inner.files] };
  const script = { file: 1, capabilities: ['variables'], interpolates: true, block: inner.main?.block ?? [] };

  const run = (share: boolean) =>
    runMain(program, inputOf({ hook: 'message' }), {
      extra: extra({
        call: (context) => {
          if (share) context.shareVariable('shared');
          context.executeScript(script);
        },
      }),
    });

  it('have variables of their own', () => {
    expect(run(false)).toMatchObject({
      end: 'done',
      effects: [{ text: 'outer outer ' }],
      result: { actions: [] },
    });
  });

  it('share what is declared so', () => {
    // The outer script's own value is hidden by the shared one, which nobody has set in this name.
    expect(run(true)).toMatchObject({ end: 'done', effects: [{ text: 'outer  ' }] });
  });
});

describe('files', () => {
  it('do not see each other’s variables', () => {
    const program = programOf('hook rcpt { set "x" "1"; }', 'hook rcpt { log "[${x}]"; }');
    expect(logs(runHook(program, inputOf()))).toEqual(['[]']);
  });
});

describe('what the session gives', () => {
  it.each([
    ['tagged("old")', 'true'],
    ['tagged("new")', 'false'],
    ['env("TCPLOCALPORT")', '25'],
    ['env("PATH")', ''],
  ])('%s', (expression, value) => {
    const properties = { 'tag.old': '', 'env.TCPLOCALPORT': '25' };
    expect(valueOfExpression(expression, { properties })).toBe(value);
  });
});
