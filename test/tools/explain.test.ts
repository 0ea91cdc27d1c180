// `mvmtr explain`: the path of decisions as it is printed, with the hook and line that decided, the control file that did, and
// the reply. Homes are below a scratch directory that is removed; the rules ask for nothing outside of it.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { type ControlFiles, homeWith } from './control-home.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

const FILES: ControlFiles = {
  me: 'mx.example.com\n',
  rcpthosts: 'example.com\n',
  badmailfrom: '@bulk.example\n',
};

async function explain(rules: string, more: readonly string[], files: ControlFiles = {}) {
  const home = homeWith(scratch, { ...FILES, ...files, 'mvmtr.mfl': rules });
  const { output, printed } = captured();
  const argv = ['explain', '--qmail-home', home, '--ip', '192.0.2.1', ...more];
  const code = await runProgram(argv, { output, environment: {} });
  const { out, err } = printed();
  return { code, err, lines: out.trimEnd().split('\n'), home };
}

const JOE = ['--mail', 'joe@example.net'];
const TO_USER = ['--rcpt', 'user@example.com'];

/** The lines from one of the client's on, to its next. */
function behind(lines: readonly string[], command: string): readonly string[] {
  const from = lines.findIndex((line) => line.startsWith(`C: ${command}`));
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => line.startsWith('C: '));
  return rest.slice(0, end < 0 ? rest.length : end);
}

describe('at every stage it tells', () => {
  it('which hook refused, where, and the reply', async () => {
    const rules = 'hook rcpt(string address) {\n  reject :status "5.1.1" "No <${address}>";\n}\n';
    const { code, lines } = await explain(rules, [...JOE, ...TO_USER]);
    expect(code).toBe(0);
    expect(behind(lines, 'RCPT')).toEqual([
      '  hook rcpt: reject at mvmtr.mfl:2',
      '  refused by mvmtr.mfl:2',
      'S: 550 5.1.1 No <user@example.com>',
    ]);
  });

  it('which control decided where the rules are silent', async () => {
    const { lines } = await explain('hook rcpt { }\n', [...JOE, '--rcpt', 'user@example.org']);
    const [hook, refused, reply] = behind(lines, 'RCPT');
    expect([hook, refused]).toEqual(['  hook rcpt: undecided', '  refused by rcpthosts']);
    expect(reply).toMatch(/^S: 553 5\.7\.1 /);
  });

  it('that accept at mail overrules badmailfrom', async () => {
    const bulk = ['--mail', 'x@bulk.example', ...TO_USER];
    const silent = await explain('hook mail { }\n', bulk);
    expect(behind(silent.lines, 'RCPT')[0]).toBe('  refused by badmailfrom');
    const loud = await explain('hook mail { accept; }\n', bulk);
    expect(behind(loud.lines, 'MAIL')[0]).toBe('  hook mail: accept at mvmtr.mfl:1');
    expect(behind(loud.lines, 'RCPT')).toEqual([expect.stringMatching(/^S: 250 /)]);
  });

  it('that accept alone does not relay', async () => {
    const foreign = [...JOE, '--rcpt', 'user@example.org'];
    const plain = await explain('hook rcpt { accept; }\n', foreign);
    expect(behind(plain.lines, 'RCPT').at(-1)).toMatch(/^S: 550 5\.7\.1 /);
    const meant = await explain('hook rcpt { accept :relay; }\n', foreign);
    expect(behind(meant.lines, 'RCPT').at(-1)).toMatch(/^S: 250 /);
    const client = await explain('hook rcpt { accept; }\n', [...foreign, '--relay']);
    expect(behind(client.lines, 'RCPT').at(-1)).toMatch(/^S: 250 /);
  });

  it('an error of the rules, with its place', async () => {
    const { lines } = await explain('hook rcpt {\n  number n = num("x");\n  if (n > 1) { accept; }\n}\n', [
      ...JOE,
      ...TO_USER,
    ]);
    const [hook] = behind(lines, 'RCPT');
    expect(hook).toMatch(/^ {2}hook rcpt: error at mvmtr\.mfl:2:\d+: .*\[MFL-RUN-VALUE\]$/);
    expect(behind(lines, 'RCPT').at(-1)).toMatch(/^S: 451 4\.3\.0 /);
  });

  it('what was looked up, what was logged, and how long the client would wait', async () => {
    const rules = [
      'hook rcpt {',
      '  if (map("file:control/table", rcpt.address) == "slow") { log "slow one"; delay 5; }',
      '}',
    ].join('\n');
    const table = 'user@example.com slow\n';
    const { lines } = await explain(rules, [...JOE, ...TO_USER], { table });
    expect(behind(lines, 'RCPT')).toEqual([
      '  asked map file:control/table user@example.com value: slow',
      '  hook rcpt: undecided',
      '    mvmtr.mfl:2: info: "slow one"',
      '  waits 5 s',
      expect.stringMatching(/^S: 250 /),
    ]);
  });
});

describe('a message', () => {
  const message = (): string => {
    const file = join(scratch, 'message');
    writeFileSync(file, 'From: joe@example.net\nSubject: hi\n\n.dot\n');
    return file;
  };

  it('is played too, and would be queued', async () => {
    const { lines } = await explain('hook message { addheader "X-Seen" "yes"; }\n', [
      ...JOE,
      ...TO_USER,
      '--message',
      message(),
    ]);
    const [hook, queued, reply] = behind(lines, '(');
    expect(hook).toBe('  hook message: undecided');
    expect(queued).toMatch(
      /^ {2}would be queued for user@example\.com, from <joe@example\.net>, \d+ octets$/,
    );
    expect(reply).toMatch(/^S: 250 /);
  });

  it('keeps a dot behind a bare CR as it is', async () => {
    const octets = async (text: string): Promise<string> => {
      const file = join(scratch, 'dots');
      writeFileSync(file, text);
      const { lines } = await explain('', [...JOE, ...TO_USER, '--message', file]);
      const [, found] = /(\d+) octets/.exec(behind(lines, '(').join(' ')) ?? [];
      if (found === undefined) throw new Error(lines.join(' '));
      return found;
    };
    expect(await octets('Subject: x\n\na\r.b\n')).toBe(await octets('Subject: x\n\na\rbb\n'));
  });

  it('would be put aside', async () => {
    const { lines } = await explain('hook message { quarantine :into "odd" "why"; }\n', [
      ...JOE,
      ...TO_USER,
      '--message',
      message(),
    ]);
    expect(behind(lines, '(').join('\n')).toMatch(/would be put aside in "odd", was for user@example\.com/);
  });

  it('is left out where DATA is refused', async () => {
    const { lines } = await explain('hook data { reject "no"; }\n', [
      ...JOE,
      ...TO_USER,
      '--message',
      message(),
    ]);
    expect(behind(lines, 'DATA').at(-1)).toMatch(/^S: 554 /);
    expect(lines.some((line) => line.startsWith('C: ('))).toBe(false);
  });
});

it('writes nothing to the store of states', async () => {
  const rules = 'hook rcpt { greylist "Later"; }\n';
  const { lines, home } = await explain(rules, [...JOE, ...TO_USER]);
  expect(behind(lines, 'RCPT').at(-1)).toMatch(/^S: 451 .*Later$/);
  expect(existsSync(join(home, 'state'))).toBe(false);
});

describe('exit codes', () => {
  it.each<[string, string, readonly string[], number, RegExp]>([
    ['rules that do not compile', 'hook frob { }\n', [...JOE, ...TO_USER], 1, /mvmtr\.mfl:1:1: error: /],
    [
      'no such rules',
      '',
      [...JOE, ...TO_USER, '--rules', '/nowhere/x.mfl'],
      1,
      /^mvmtr explain: \/nowhere\/x\.mfl: it does not exist$/m,
    ],
    [
      'an init that fails',
      'hook init { control.max_size = num("x"); }\n',
      [...JOE, ...TO_USER],
      1,
      /mvmtr\.mfl:1:\d+: /,
    ],
    [
      'no such message',
      'hook rcpt { }\n',
      [...JOE, ...TO_USER, '--message', '/nowhere/x'],
      2,
      /cannot read \/nowhere\/x/,
    ],
    ['no recipient', 'hook rcpt { }\n', JOE, 2, /--rcpt/],
  ])('%s', async (_, rules, argv, code, message) => {
    const result = await explain(rules, argv);
    expect(result.code).toBe(code);
    expect(result.err).toMatch(message);
  });
});
