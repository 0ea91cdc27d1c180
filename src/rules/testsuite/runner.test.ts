// The testsuite's own commands, each file in memory: what a test
// may do, how it fails, and how a file is reported that cannot be
// run.

import { describe, expect, it } from 'vitest';
import { type FileReport, runTestFile } from './runner.ts';

const TESTSUITE = 'require "vnd.dovecot.testsuite";\n';

interface Given {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly compat?: boolean;
  readonly file?: string;
}

function run(
  text: string,
  { scripts = {}, compat = false, file = 'dir/a.svtest' }: Given = {},
): Promise<FileReport> {
  const files = new Map(Object.entries(scripts).map(([name, script]) => [`dir/${name}`, script]));
  files.set(file, text);
  return runTestFile({
    file,
    files: { read: (path) => files.get(path) ?? null },
    compat,
    now: 1_700_000_000_000,
  });
}

const failuresOf = ({ tests }: FileReport): readonly (string | null)[] => tests.map(({ failure }) => failure);

describe('test and test_fail', () => {
  it('a test passes when nothing fails it', async () => {
    const report = await run(`${TESTSUITE} test "one" { } test "two" { if false { test_fail "x"; } }`);
    expect(report).toEqual({
      file: 'dir/a.svtest',
      tests: [
        { name: 'one', failure: null },
        { name: 'two', failure: null },
      ],
      aborted: null,
      printed: [],
    });
  });

  it('a failure ends its test, and the next one runs', async () => {
    const report = await run(
      `${TESTSUITE} test "one" { if true { test_fail "first"; } test_fail "second"; } test "two" { }`,
    );
    expect(failuresOf(report)).toEqual(['first', null]);
  });

  it('a failure outside of a test ends the file', async () => {
    const report = await run(`${TESTSUITE} test "one" { } test_fail "enough"; test "two" { }`);
    expect(failuresOf(report)).toEqual([null]);
    expect(report.aborted).toBe('enough');
  });

  it('an error at run time ends the file, and fails the test it is in', async () => {
    const report = await run(`${TESTSUITE} test "one" { test_set "weather" "fine"; } test "two" { }`);
    expect(report.tests).toHaveLength(1);
    expect(report.aborted).toContain("unknown object 'weather'");
    expect(report.aborted).toContain('dir/a.svtest:2:');
  });

  it('stop ends the file without failing it', async () => {
    const report = await run(`${TESTSUITE} test "one" { } stop; test "two" { test_fail "x"; }`);
    expect(failuresOf(report)).toEqual([null]);
    expect(report.aborted).toBeNull();
  });
});

describe('files that cannot be run', () => {
  it.each([
    ['grammar', `${TESTSUITE} test "one" {`],
    ['no require', 'test "one" { }'],
    ['a test in a test', `${TESTSUITE} test "one" { test "two" { } }`],
    ['an argument missing', `${TESTSUITE} test_set "message";`],
    ['no source for test_message', `${TESTSUITE} test_message 0;`],
  ])('%s', async (_, text) => {
    const report = await run(text);
    expect(report.tests).toEqual([]);
    expect(report.aborted).toMatch(/^does not compile\ndir\/a\.svtest:\d+:\d+: error: /);
  });

  it('a file that is not there', async () => {
    const report = await runTestFile({ file: 'gone', files: { read: () => null }, compat: false, now: 0 });
    expect(report).toEqual({ file: 'gone', tests: [], aborted: 'cannot be read', printed: [] });
  });
});

describe('scripts', () => {
  const scripts = {
    'keep.sieve': 'keep;',
    'two.sieve': 'require "fileinto"; fileinto "A"; redirect "a@example.org";',
    'discard.sieve': 'discard;',
    'wrong.sieve': 'frobnicate; keep "x";',
    'fails.sieve': 'require ["ihave"]; if not ihave "vnd.example.none" { error "on purpose"; }',
    'sub.svtest': `${TESTSUITE} if true { test_fail "inside"; }`,
    'subgood.svtest': `${TESTSUITE} if false { test_fail "inside"; }`,
  };

  it.each([
    [
      'result',
      'if not test_script_compile "two.sieve" { test_fail "c"; } if not test_script_run { test_fail "r"; } if not test_result_action :index 1 "store" { test_fail "1"; } if not test_result_action :index 2 "redirect" { test_fail "2"; } if test_result_action :index 3 :contains "" { test_fail "3"; }',
    ],
    [
      'a run forgets the result before it',
      'keep; if not test_script_compile "two.sieve" { test_fail "c"; } if not test_script_run { test_fail "r"; } if test_result_action "keep" { test_fail "still there"; }',
    ],
    [
      ':append_result',
      'if not test_script_compile "two.sieve" { test_fail "c"; } if not test_script_run { test_fail "r"; } if not test_script_compile "keep.sieve" { test_fail "c"; } if not test_script_run :append_result { test_fail "r"; } if not test_result_action :index 1 "store" { test_fail "1"; } if not test_result_action :index 3 "keep" { test_fail "3"; }',
    ],
    [
      'the file has actions of its own',
      'redirect "b@example.org"; if not test_result_execute { test_fail "x"; } if not test_message :smtp 0 { test_fail "not sent"; }',
    ],
    [
      'a result is carried out once',
      'keep; if not test_result_execute { test_fail "x"; } if not test_result_execute { test_fail "y"; } if test_message :folder "INBOX" 1 { test_fail "twice"; }',
    ],
    ['reset', 'keep; test_result_reset; if test_result_action "keep" { test_fail "still there"; }'],
    [
      'errors of compilation',
      'if test_script_compile "wrong.sieve" { test_fail "c"; } if not test_error :index 1 :contains "frobnicate" { test_fail "1"; } if not test_error :index 2 :contains "keep" { test_fail "2"; } if test_error :index 3 :contains "" { test_fail "3"; }',
    ],
    [
      'errors at run time',
      'if not test_script_compile "fails.sieve" { test_fail "c"; } if test_script_run { test_fail "r"; } if not test_error "on purpose" { test_fail "e"; }',
    ],
    [
      'a script that is not there',
      'if test_script_compile "none.sieve" { test_fail "c"; } if not test_error :contains "none.sieve" { test_fail "e"; }',
    ],
    [
      'binaries',
      'if not test_script_compile "keep.sieve" { test_fail "c"; } test_binary_save "k"; if not test_script_compile "two.sieve" { test_fail "c"; } test_binary_load "k"; if not test_script_run { test_fail "r"; } if not test_result_action :index 1 "keep" { test_fail "1"; }',
    ],
    [
      'a test file as script',
      'if not test_script_compile "sub.svtest" { test_fail "c"; } if test_script_run { test_fail "r"; } if not test_script_compile "subgood.svtest" { test_fail "c"; } if not test_script_run { test_fail "good"; }',
    ],
    [
      'several scripts',
      'if not test_multiscript ["keep.sieve", "discard.sieve", "two.sieve"] { test_fail "m"; } if test_message :smtp 0 { test_fail "went on behind discard"; } if test_message :folder "INBOX" 0 { test_fail "kept"; }',
    ],
    [
      'mailboxes',
      'test_mailbox_create "A"; test_mailbox_create "B"; test_mailbox_delete "B"; if not test_script_compile "two.sieve" { test_fail "c"; } if not test_script_run { test_fail "r"; } if not test_result_execute { test_fail "x"; } if not test_message :folder "A" 0 { test_fail "A"; } if test_message :folder "B" 0 { test_fail "B"; }',
    ],
  ])('%s', async (_, body) => {
    const report = await run(`require ["vnd.dovecot.testsuite"]; test "it" { ${body} }`, { scripts });
    expect(report.aborted).toBeNull();
    expect(failuresOf(report)).toEqual([null]);
  });

  it.each([
    ['nothing was compiled', 'if test_script_run { }', 'no script has been compiled'],
    ['nothing was saved', 'test_binary_load "x";', "there is no 'x'"],
    ['no message was sent', 'test_message :smtp 0;', 'no message 0 was sent'],
    ['no message is there', 'test_message :folder "INBOX" 3;', 'no message 3'],
    ['no mailbox to delete', 'test_mailbox_delete "X";', "cannot delete 'X'"],
  ])('a test fails when %s', async (_, body, reason) => {
    const report = await run(`${TESTSUITE} test "it" { ${body} }`, { scripts });
    expect(failuresOf(report)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('objects', () => {
  it('the message also says what the envelope is', async () => {
    const report = await run(`require ["vnd.dovecot.testsuite", "envelope"];
      test_set "message" "From: a@example.org\nTo: b@example.org\nSubject: x\n\n";
      test "from the header" {
        if not envelope "from" "a@example.org" { test_fail "from"; }
        if not envelope "to" "b@example.org" { test_fail "to"; }
      }
      test_set "envelope.from" "<c@example.org>";
      test_set "envelope.to" "d@example.org";
      test "from the test" {
        if not envelope "from" "c@example.org" { test_fail "from"; }
        if not envelope "to" "d@example.org" { test_fail "to"; }
      }`);
    expect(failuresOf(report)).toEqual([null, null]);
  });

  it('tst.path is the directory of the file', async () => {
    const report = await run(`require ["vnd.dovecot.testsuite", "variables"];
      test "path" { if not string "\${tst.path}" "dir" { test_fail "\${tst.path}"; } }`);
    expect(report.aborted).toBeNull();
    expect(failuresOf(report)).toEqual([null]);
  });

  it('what is printed is in the report', async () => {
    const report = await run(`${TESTSUITE} test "it" { keep; test_result_print; }`);
    expect(report.printed).toEqual(['result: keep']);
  });

  it('bodies are looked up, and the file runs on as if nothing had happened', async () => {
    const report = await run(`require ["vnd.dovecot.testsuite", "body"];
      test_set "message" "From: a@example.org\n\none\n";
      test "first" { if not body :raw :contains "one" { test_fail "one"; } }
      test_set "message" "From: a@example.org\n\ntwo\n";
      test "second" { if not body :raw :contains "two" { test_fail "two"; } keep; }
      test "third" { if not test_result_execute { test_fail "x"; } if test_message :folder "INBOX" 1 { test_fail "kept twice"; } }`);
    expect(failuresOf(report)).toEqual([null, null, null]);
  });
});

describe('as Pigeonhole', () => {
  it('calls itself so', async () => {
    const report = await run(
      'require ["vnd.dovecot.testsuite", "environment"]; test "n" { if not environment "name" "Pigeonhole Sieve" { test_fail "n"; } }',
      { compat: true },
    );
    expect(failuresOf(report)).toEqual([null]);
  });

  it('counts the summary as an error', async () => {
    const report = await run(
      'require ["vnd.dovecot.testsuite", "relational", "comparator-i;ascii-numeric"]; test "n" { if test_script_compile "w.sieve" { test_fail "c"; } if not test_error :count "eq" :comparator "i;ascii-numeric" "2" { test_fail "n"; } }',
      { compat: true, scripts: { 'w.sieve': 'frobnicate;' } },
    );
    expect(failuresOf(report)).toEqual([null]);
  });

  it('turns the tests below failures/ around', async () => {
    const text = `${TESTSUITE} test "one" { test_fail "x"; } test "two" { }`;
    const given = { file: 'dir/failures/a.svtest', compat: true };
    expect(failuresOf(await run(text, given))).toEqual([null, 'passed, and was expected to fail']);
    expect(failuresOf(await run(text, { ...given, compat: false }))).toEqual(['x', null]);
    const broken = await run('frobnicate;', given);
    expect([broken.aborted, ...failuresOf(broken)]).toEqual([null, null]);
  });
});
