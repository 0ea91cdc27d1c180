// The command line of the tools: what is printed where, and the exit codes, for help, for the two
// tools and for command lines that make no sense. Runs in this process; the launchers are tested
// elsewhere.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/cli/commands/subject.ts';
import { runProgram } from '../../src/cli/program.ts';
import { SERVE_HELP } from '../../src/serve/listener/help.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { homeWith } from './control-home.ts';

let scratch: string;
let home: string;
beforeAll(() => {
  scratch = scratchDirectory();
  home = homeWith(scratch, { me: 'mx.example.com\n', morercpthosts: 'a.example\n' });
});
afterAll(() => removeDirectory(scratch));

async function run(argv: readonly string[], environment: Environment = { QMAILQUEUE: '/bin/sh' }) {
  const { output, printed } = captured();
  const code = await runProgram(argv, { output, environment });
  return { code, ...printed() };
}

describe('help', () => {
  it.each([[['--help']], [['help']]])('%j names every command and every session option', async (argv) => {
    const { code, out, err } = await run(argv);
    expect([code, err]).toEqual([0, '']);
    for (const word of [
      'serve',
      'check',
      'newmrh',
      'help',
      '-h HOST',
      '-C FILE',
      '-b OCTETS',
      '-v',
      '--profile',
      '--queue',
    ]) {
      expect(out).toContain(word);
    }
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([[['help', 'check']], [['check', '--help']]])('%j explains the command', async (argv) => {
    const { code, out } = await run(argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: mvmtr check [\s\S]*--strict/);
  });

  it('explains serve, whose options are not for commander', async () => {
    const { code, out, err } = await run(['help', 'serve']);
    expect([code, out, err]).toEqual([0, SERVE_HELP, '']);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

it.each(['--version', '-V'])('%s prints the version', async (option) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await run([option])).toEqual({ code: 0, out: `mvmtr ${version}\n`, err: '' });
});

describe('a command line that makes no sense', () => {
  it.each([
    [[], 'Usage: mvmtr'],
    [['frob'], "unknown command 'frob'"],
    [['check', 'extra'], 'too many arguments'],
    [['check', '--profile', 'wild'], 'wild'],
    [['check', '--frob'], '--frob'],
    [['--profile', 'stock', 'check'], '--profile'],
    [['newmrh', '--strict'], '--strict'],
    [['check', '--qmail-home'], '--qmail-home'],
  ])('%j', async (argv, part) => {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(part);
  });
});

describe('check and newmrh', () => {
  it('take the home from the option, else from QMAIL_HOME', async () => {
    expect(await run(['newmrh'], { QMAIL_HOME: home })).toEqual({ code: 0, out: '', err: '' });
    const { code, out } = await run(['check', '--profile', 'mvmtr', '--qmail-home', home], {
      QMAIL_HOME: '/nowhere',
      QMAILQUEUE: '/bin/sh',
    });
    expect([code, out.split('\n').at(-2)]).toEqual([0, `${home} (mvmtr profile): 0 errors, 2 warnings`]);
  });

  it('call an open relay by its name unless another profile is asked for', async () => {
    const { code, out } = await run(['check', '--qmail-home', home]);
    expect(out).toContain('OPEN RELAY');
    expect(code).toBe(1);
  });

  it('have exit codes of their own', async () => {
    const nowhere = join(scratch, 'nowhere');
    expect((await run(['check', '--qmail-home', nowhere])).code).toBe(2);
    expect((await run(['check', '--qmail-home', home, '--profile', 'mvmtr'])).code).toBe(0);
    expect((await run(['check', '--qmail-home', home, '--profile', 'mvmtr', '--strict'])).code).toBe(1);
    expect((await run(['newmrh', '--qmail-home', nowhere])).code).toBe(111);
  });
});
