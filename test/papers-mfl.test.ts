// The papers about the rule language are true: docs/mfl.md names everything the language has and nothing it has not, its limits are the
// code's, its examples compile; every step of docs/mfl-tutorial.md is played, and what it shows is what the tools print.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../src/build/bundle.mjs';
import { runProgram } from '../src/cli/program.ts';
import { compile } from '../src/rules/check/index.ts';
import {
  CAPABILITIES,
  FUNCTIONS,
  HOOK_NAMES,
  HOOKS,
  MAP_SCHEMES,
  PROPERTIES,
  SIGNATURES,
  setting,
} from '../src/rules/commands/index.ts';
import { ADMIN_BUDGET, type Budget, USER_BUDGET } from '../src/rules/interpreter/index.ts';
import { removeDirectory, scratchDirectory } from './support/home.ts';

const REFERENCE = readFileSync(join(ROOT, 'docs/mfl.md'), 'utf8');
const TUTORIAL = readFileSync(join(ROOT, 'docs/mfl-tutorial.md'), 'utf8');

/** Words in marks of code, with what stands in brackets behind a name taken off. */
const NAMED: ReadonlySet<string> = new Set(
  [...REFERENCE.matchAll(/`([^`\n]+)`/g)].flatMap(([, words = '']) => [words, words.replace(/[ (;].*$/, '')]),
);

function section(heading: string): string {
  const from = REFERENCE.indexOf(`\n## ${heading}\n`);
  expect(from, heading).toBeGreaterThanOrEqual(0);
  const end = REFERENCE.indexOf('\n## ', from + 1);
  return REFERENCE.slice(from, end < 0 ? undefined : end);
}

const missing = (names: Iterable<string>): readonly string[] => [...names].filter((name) => !NAMED.has(name));

/** Every diagnostic there is, as the sources write them. */
function codesOfTheSources(): ReadonlySet<string> {
  const all = readdirSync(join(ROOT, 'src/rules'), { recursive: true, encoding: 'utf8' });
  const texts = all
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(ROOT, 'src/rules', path), 'utf8'));
  return new Set(
    [...texts.join('\n').matchAll(/'((?:MFL|SIEVE)-[A-Z]+(?:-[A-Z0-9]+)?)'/g)].map(([, code = '']) => code),
  );
}

describe('docs/mfl.md', () => {
  it('names every hook, with its parameters', () => {
    expect(missing(HOOK_NAMES)).toEqual([]);
    const hooks = section('5. Hooks');
    for (const name of HOOK_NAMES) {
      const parameters = HOOKS[name].parameters.map(({ type, name: own }) => `${type} ${own}`).join(', ');
      if (parameters !== '') expect(hooks).toContain(`\`${name}(${parameters})\``);
    }
  });

  it('names every property', () => expect(missing(PROPERTIES.keys())).toEqual([]));
  it('names every function', () => expect(missing(FUNCTIONS.keys())).toEqual([]));
  it('names every capability', () => expect(missing(CAPABILITIES.keys())).toEqual([]));
  it('names every kind of table', () => {
    expect(missing([...MAP_SCHEMES.keys()].map((name) => `${name}:`))).toEqual([]);
  });

  it('names every verdict and action of MFL', () => {
    expect(missing(SIGNATURES.filter(({ mfl }) => mfl).map(({ name }) => name))).toEqual([]);
  });

  it('names settings that exist, with type and latest hook', () => {
    const rows = section('9. Objects')
      .split('\n')
      .filter((line) => line.startsWith('| `control.'))
      .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()));
    expect(rows.length).toBeGreaterThan(25);
    for (const [, names = '', type, latest] of rows) {
      for (const [name] of names.matchAll(/control\.[a-z_.]+/g)) {
        const known = setting(name === 'control.text.' ? 'text.x' : name.slice('control.'.length));
        expect([name, known?.type, known?.latest]).toEqual([name, type, latest]);
      }
    }
  });

  it('names every setting', () => {
    const source = readFileSync(join(ROOT, 'src/rules/commands/settings.ts'), 'utf8');
    const names = [...source.matchAll(/^ {2}([a-z_]+): (?:string|number|boolean|list)\(/gm)].map(
      ([, name = '']) => name,
    );
    expect(names.length).toBeGreaterThan(30);
    expect(missing(names.map((name) => `control.${name}`))).toEqual([]);
  });

  it('names every code, and none that is not there', () => {
    const codes = codesOfTheSources();
    expect(codes.size).toBeGreaterThan(130);
    expect(missing(codes)).toEqual([]);
    const named = [...NAMED].filter((name) => /^(?:MFL|SIEVE)-[A-Z]+-[A-Z0-9]+$/.test(name));
    expect(named.filter((name) => !codes.has(name))).toEqual([]);
  });

  it('has the limits of the code', () => {
    const rows = section('13. Limits')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2)
      .map((line) =>
        line
          .split('|')
          .slice(2, 4)
          .map((cell) => cell.trim()),
      );
    const names: readonly (keyof Budget)[] = [
      'steps',
      'milliseconds',
      'lookups',
      'callDepth',
      'stringOctets',
      'listItems',
      'variables',
      'regexPattern',
      'regexPerMatch',
      'regexTotal',
      'actions',
      'redirects',
      'headerOctets',
      'bodyOctets',
    ];
    const shown = (value: Budget[keyof Budget]): string =>
      value === Number.POSITIVE_INFINITY ? 'none' : String(value);
    expect(rows).toEqual(names.map((name) => [shown(ADMIN_BUDGET[name]), shown(USER_BUDGET[name])]));
  });

  it('has examples that compile', () => {
    const examples = [...REFERENCE.matchAll(/^```mfl\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples) {
      const sources = {
        main: { name: 'x.mfl', text, dialect: 'mfl' },
        load: () => ({ problem: 'none' }),
      } as const;
      expect(compile(sources).problems).toEqual([]);
    }
  });
});

/** A fenced block of the tutorial: a file that it names in the line before, or a command with what it prints. */
interface Block {
  readonly language: string;
  readonly file: string | null;
  readonly text: string;
}

const BLOCKS: readonly Block[] = [
  ...TUTORIAL.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```([a-z]+)\n([\s\S]*?)^```$/gm),
].map(([, file, language = '', text = '']) => ({ language, file: file ?? null, text }));

describe('docs/mfl-tutorial.md', () => {
  let home: string;
  beforeAll(() => {
    home = scratchDirectory();
    // The sizes it shows are those of a day with two digits.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 20, 12) });
  });
  afterAll(() => {
    vi.useRealTimers();
    removeDirectory(home);
  });

  it('has ten steps', () => {
    expect(TUTORIAL.match(/^## \d+\. /gm)?.length).toBe(10);
  });

  // Each step builds on the files of those before it.
  it('shows what the tools print', async () => {
    let commands = 0;
    for (const { language, file, text } of BLOCKS) {
      if (file !== null) {
        const path = join(home, file);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      } else if (language === 'console') {
        commands += 1;
        const [command = '', ...shown] = text.trimEnd().split('\n');
        expect(plain(await outputOf(command.replace(/^\$ mvmtr /, ''), home)), command).toBe(
          plain(shown.join('\n')),
        );
      }
    }
    expect(commands).toBeGreaterThanOrEqual(10);
  });
});

/** Without what changes from run to run, and what the tutorial leaves out. */
const plain = (text: string): string =>
  text
    .replace(/(?:S: 250-.*\n)+S: 250 .*/g, 'S: 250-...')
    .replace(/ok \d+ qp \d+/g, 'ok N qp N')
    .trimEnd();

/** The command in the home that the tutorial calls /var/qmail, as its reader would type it. */
async function outputOf(command: string, home: string): Promise<string> {
  let printed = '';
  const print = (text: string): void => {
    printed += text;
  };
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plainWord]) => quoted ?? plainWord ?? '',
  );
  const argv = words.map((word) => word.replaceAll('/var/qmail', home));
  await runProgram(argv, {
    output: { out: print, err: print },
    environment: { QMAIL_HOME: home, QMAILQUEUE: process.execPath },
  });
  return printed.replaceAll(home, '/var/qmail');
}
