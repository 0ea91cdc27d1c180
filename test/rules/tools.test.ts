// `mvmtr test` and `mvmtr sieve` on real files in a scratch
// directory: which files are run, what is printed, and the exit
// codes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../src/cli/commands/output.ts';
import { runSieve } from '../../src/cli/commands/sieve.ts';
import { runTests } from '../../src/cli/commands/test-rules.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';

const TESTSUITE = 'require "vnd.dovecot.testsuite";\n';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
  mkdirSync(join(scratch, 'suites/deeper'), { recursive: true });
  const files = {
    'suites/b.svtest': `${TESTSUITE} test "good" { }`,
    'suites/deeper/a.svtest.in': `${TESTSUITE} test "also good" { }`,
    'suites/notes.txt': 'not a test file',
    'bad.svtest': `${TESTSUITE} test "bad" { test_fail "no"; }`,
    'broken.svtest': 'test {',
    'filter.sieve': `require ["fileinto", "imap4flags", "editheader", "copy", "body"];
      addheader "X-Seen" "yes";
      if header "subject" "work" { fileinto :flags "\\\\Seen" "Work"; }
      elsif header "subject" "away" { redirect :copy "b@example.org"; }
      elsif body :contains "advert" { discard; }`,
    'wrong.sieve': 'frobnicate;',
    'fails.sieve': 'require "ihave"; if not ihave "vnd.example.none" { error "on purpose"; }',
    'envelope.sieve':
      'require "envelope"; if allof (envelope "from" "x@example.org", envelope "to" "y@example.org") { discard; }',
    'work.eml': 'From: a@example.org\nSubject: work\n\ntext\n',
    'away.eml': 'From: a@example.org\nSubject: away\n\ntext\n',
    'advert.eml': 'From: a@example.org\nSubject: x\n\nan advert\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch, name), text);
});
afterAll(() => removeDirectory(scratch));

interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function printed(body: (output: Output) => Promise<number>) {
  const capture = captured();
  const code = await body(capture.output);
  const { out, err } = capture.printed();
  const local = (text: string): string => text.replaceAll(`${scratch}/`, '');
  return { code, out: local(out), err: local(err) } satisfies Printed;
}

describe('mvmtr test', () => {
  const test = (...names: readonly string[]): Promise<Printed> =>
    printed((output) =>
      runTests({ paths: names.map((name) => join(scratch, name)), format: 'human', compat: false }, output),
    );

  it('runs every test file below a directory, in order', async () => {
    expect(await test('suites')).toEqual({
      code: 0,
      out: 'ok   suites/b.svtest (1 of 1)\nok   suites/deeper/a.svtest.in (1 of 1)\n2 of 2 files passed; 2 of 2 tests passed\n',
      err: '',
    });
  });

  it('1 when a test fails', async () => {
    const { code, out } = await test('suites', 'bad.svtest');
    expect(code).toBe(1);
    expect(out).toContain('FAIL bad.svtest (0 of 1)\n     bad: no\n');
  });

  it('2 when a file does not compile', async () => {
    const { code, out } = await test('broken.svtest');
    expect(code).toBe(2);
    expect(out).toMatch(/broken\.svtest:1:\d+: error: /);
  });

  it('2 when there is nothing to run', async () => {
    expect(await test('none')).toEqual({
      code: 2,
      out: '',
      err: 'mvmtr test: cannot read none: it does not exist\n',
    });
    mkdirSync(join(scratch, 'empty'), { recursive: true });
    expect(await test('empty')).toMatchObject({
      code: 2,
      err: 'mvmtr test: there are no test files (*.svtest)\n',
    });
  });
});

describe('mvmtr sieve', () => {
  const sieve = (
    script: string,
    message: string,
    envelope: { from?: string; to?: string } = {},
  ): Promise<Printed> =>
    printed((output) =>
      runSieve({ script: join(scratch, script), message: join(scratch, message), ...envelope }, output),
    );

  it.each([
    ['files with flags', 'work.eml', 'header with     X-Seen: yes\nfileinto "Work" with flags \\Seen\n'],
    [
      'a copy leaves the implicit keep',
      'away.eml',
      'header with     X-Seen: yes\nredirect <b@example.org> (copy)\nkeep (implicit)\n',
    ],
    ['looks into the body', 'advert.eml', 'header with     X-Seen: yes\ndiscard\n'],
  ])('%s', async (_, message, out) => {
    expect(await sieve('filter.sieve', message)).toEqual({ code: 0, out, err: '' });
  });

  it('takes the envelope it is given', async () => {
    const given = { from: 'x@example.org', to: 'y@example.org' };
    expect(await sieve('envelope.sieve', 'work.eml', given)).toMatchObject({ code: 0, out: 'discard\n' });
    expect(await sieve('envelope.sieve', 'work.eml')).toMatchObject({ code: 0, out: 'keep (implicit)\n' });
  });

  it('1 when the script does not compile, with the place', async () => {
    const { code, out, err } = await sieve('wrong.sieve', 'work.eml');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^wrong\.sieve:1:1: error: .*frobnicate/);
  });

  it('1 when it fails while it runs', async () => {
    const { code, err } = await sieve('fails.sieve', 'work.eml');
    expect(code).toBe(1);
    expect(err).toBe('error at fails.sieve:1:52: on purpose\nthe message is kept\n');
  });

  it('2 when a file cannot be read', async () => {
    expect(await sieve('filter.sieve', 'none.eml')).toEqual({
      code: 2,
      out: '',
      err: 'mvmtr sieve: cannot read none.eml: it does not exist\n',
    });
    expect(await sieve('none.sieve', 'work.eml')).toMatchObject({
      code: 2,
      err: 'none.sieve cannot be read\n',
    });
  });
});
