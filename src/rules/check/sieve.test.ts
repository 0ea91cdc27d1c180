// Sieve's own rules, each with a script that obeys it and one that does not: structure and `require` (RFC 5228 §3), arguments (§2.6),
// comparators and match types (§2.7), literals, and what the extensions add. A script that should be wrong has to be wrong
// with exactly the code named.

import { describe, expect, it } from 'vitest';
import { codes, compileSieve, messages } from './test-compile.ts';

describe('scripts without a problem', () => {
  it.each([
    ['nothing at all', ''],
    ['a comment', '# nothing\n'],
    ['base actions', 'redirect "a@example.org"; keep; discard; stop;'],
    ['fileinto', 'require "fileinto"; fileinto "INBOX.lists";'],
    ['branches', 'if true { keep; } elsif false { stop; } else { discard; }'],
    ['tests in lists', 'if allof (true, anyof (false, not true), exists ["a", "b"]) { keep; }'],
    ['tags in any order', 'if header :comparator "i;octet" :is "subject" "x" { keep; }'],
    ['address', 'if address :domain :is ["from", "sender"] "example.org" { discard; }'],
    ['size', 'if size :over 100K { discard; }'],
    ['envelope', 'require "envelope"; if envelope :all "from" "" { keep; }'],
    ['unicode comparator without require', 'if header :comparator "i;unicode-casemap" "a" "b" { keep; }'],
    [
      'numeric comparator',
      'require ["relational", "comparator-i;ascii-numeric"];\nif header :value "ge" :comparator "i;ascii-numeric" "x-score" "5" { keep; }',
    ],
    ['variables', 'require "variables"; set :lower :upperfirst "a" "x${b}"; if string "${a}" "X" { keep; }'],
    ['a name is not filled in without variables', 'keep; redirect "${x.y.z}@example.org";'],
    [
      'flags',
      'require ["imap4flags", "variables"]; addflag "\\\\Seen"; setflag "v" ["\\\\Flagged"]; keep :flags "work";',
    ],
    [
      'hasflag with and without variable',
      'require ["imap4flags", "variables"]; if anyof (hasflag "a", hasflag "v" "a") { keep; }',
    ],
    [
      'subaddress and copy',
      'require ["subaddress", "copy"]; if address :user "to" "x" { redirect :copy "a@b.example"; }',
    ],
    [
      'date',
      'require ["date", "relational"]; if currentdate :zone "+0200" :value "lt" "hour" "09" { keep; }',
    ],
    ['index', 'require ["index", "date"]; if date :index 1 :last "received" "year" "2026" { keep; }'],
    ['body', 'require "body"; if body :content ["text", "image/png"] :contains "x" { discard; }'],
    ['reject', 'require "reject"; reject "no";'],
    ['multi-line text', 'require "reject"; reject text:\nno\n.\n;'],
    [
      'editheader',
      'require "editheader"; addheader :last "X-A" "b"; deleteheader :index 2 :contains "X-A" "c";',
    ],
    ['deleteheader without values', 'require "editheader"; deleteheader "X-A";'],
    ['mailbox', 'require ["fileinto", "mailbox"]; fileinto :create "a"; if mailboxexists "a" { keep; }'],
    ['duplicate', 'require "duplicate"; if duplicate :seconds 60 :header "message-id" { discard; }'],
    ['vacation', 'require "vacation"; vacation :days 3 :addresses ["a@b.example"] "away";'],
    ['vacation-seconds brings vacation', 'require "vacation-seconds"; vacation :seconds 30 "away";'],
    ['fcc', 'require ["vacation", "fcc", "mailbox"]; vacation :fcc "Sent" :create "away";'],
    ['enotify', 'require "enotify"; notify :importance "1" :message "x" "mailto:a@b.example";'],
    [
      'extlists',
      'require ["extlists"]; if header :list "from" ":addrbook:x" { redirect :list "tag:x@example.org"; }',
    ],
    [
      'mime',
      'require "mime"; if header :mime :anychild :param "name" :matches "content-type" "*.exe" { discard; }',
    ],
    [
      'loops over parts',
      'require ["mime", "foreverypart", "variables", "extracttext"];\nforeverypart :name "a" { foreverypart { extracttext :first 10 "t"; break :name "a"; } }',
    ],
    [
      'special-use',
      'require ["special-use", "fileinto"]; fileinto :specialuse "\\\\Junk" "x"; if specialuse_exists "x" "\\\\Junk" { keep; }',
    ],
    [
      'metadata',
      'require ["mboxmetadata", "servermetadata"]; if anyof (metadata "a" "/b" "c", servermetadataexists "/x") { keep; }',
    ],
    ['envelope-dsn', 'require ["envelope", "envelope-dsn"]; if envelope "notify" "NEVER" { keep; }'],
    ['regex', 'require "regex"; if header :regex "subject" "^(a|b)+$" { keep; }'],
    [
      'spamtest',
      'require ["spamtestplus", "relational", "comparator-i;ascii-numeric"]; if spamtest :percent :value "gt" "50" { keep; }',
    ],
    ['environment', 'require "environment"; if environment "name" "mvmtr" { keep; }'],
    ['ihave brings what it finds', 'require "ihave"; if ihave "fileinto" { fileinto "x"; }'],
    [
      'what ihave does not find is not looked at',
      'require "ihave"; if ihave "nonsense" { nonsense :x; } else { keep; }',
    ],
    ['nor are the tests behind it', 'require "ihave"; if allof (ihave "nonsense", nonsense "x") { keep; }'],
    [
      'the other branch of not ihave',
      'require "ihave"; if not ihave "fileinto" { nonsense; } else { fileinto "x"; }',
    ],
    ['error of ihave', 'require "ihave"; if not ihave "nonsense" { error "cannot do"; }'],
    ['hex characters', 'require "encoded-character"; if header "subject" "${hex:40 41}" { keep; }'],
    ['a name in hex', 'require ["variables", "encoded-character"]; set "${hex:61}" "x";'],
    ['a mark that fills nothing in', 'require ["variables", "fileinto"]; fileinto "${";'],
    ['a header nobody has', 'if header "two words" "x" { keep; }'],
  ])('%s', (_, source) => {
    const compiled = compileSieve(source);
    expect(messages(compiled).filter((line) => line.startsWith('error'))).toEqual([]);
    expect(compiled.program?.main).not.toBeNull();
  });
});

describe('scripts with one mistake', () => {
  it.each([
    ['SIEVE-STRUCT-001', 'elsif true { keep; }'],
    ['SIEVE-STRUCT-001', 'if true { keep; } keep; else { stop; }'],
    ['SIEVE-STRUCT-001', 'if true { keep; } else { stop; } else { stop; }'],
    ['SIEVE-STRUCT-002', 'keep; require "fileinto";'],
    ['SIEVE-STRUCT-002', 'if true { require "fileinto"; }'],
    ['SIEVE-STRUCT-004', 'if { keep; }'],
    ['SIEVE-STRUCT-004', 'if allof { keep; }'],
    ['SIEVE-STRUCT-004', 'if not (true, false) { keep; }'],
    ['SIEVE-STRUCT-004', 'if not (true) { keep; }'],
    ['SIEVE-STRUCT-004', 'if (true) { keep; }'],
    ['SIEVE-STRUCT-004', 'if anyof true { keep; }'],
    ['SIEVE-STRUCT-004', 'if allof not true { keep; }'],
    ['SIEVE-STRUCT-004', 'keep true;'],
    ['SIEVE-STRUCT-004', 'if exists "a" true { keep; }'],
    ['SIEVE-STRUCT-005', 'if true;'],
    ['SIEVE-STRUCT-005', 'keep { stop; }'],
    ['SIEVE-STRUCT-008', 'require ["mime", "foreverypart"]; break;'],
    ['SIEVE-STRUCT-008', 'require ["mime", "foreverypart"]; foreverypart :name "a" { break :name "b"; }'],
    ['SIEVE-STRUCT-009', 'require ["variables", "extracttext"]; extracttext "a";'],
    ['SIEVE-STRUCT-010', 'require ["include", "variables"]; set "a" "x"; global "a";'],
    ['SIEVE-REQ-001', 'require ["fileinto", "nonsense"];'],
    ['SIEVE-REQ-001', 'require "FileInto";'],
    ['SIEVE-REQ-002', 'fileinto "x";'],
    ['SIEVE-REQ-002', 'if envelope "from" "x" { keep; }'],
    ['SIEVE-REQ-002', 'return;'],
    ['SIEVE-REQ-003', 'redirect :copy "a@b.example";'],
    ['SIEVE-REQ-003', 'if header :count "gt" "a" "1" { keep; }'],
    ['SIEVE-REQ-004', 'if header :comparator "i;ascii-numeric" "a" "1" { keep; }'],
    ['SIEVE-REQ-005', 'require "include"; global "a";'],
    ['MFL-NAME-001', 'frobnicate;'],
    ['MFL-NAME-001', 'header "a" "b";'],
    ['MFL-NAME-001', 'accept;'],
    ['MFL-NAME-001', 'continue;'],
    ['MFL-NAME-002', 'if frobnicate "a" { keep; }'],
    ['MFL-NAME-002', 'if keep { keep; }'],
    ['SIEVE-ARG-001', 'keep :nonsense;'],
    ['SIEVE-ARG-001', 'require "reject"; reject :code 550 "no";'],
    ['SIEVE-ARG-002', 'redirect 3;'],
    ['SIEVE-ARG-002', 'redirect ["a@b.example"];'],
    ['SIEVE-ARG-002', 'if size :over "10K" { keep; }'],
    ['SIEVE-ARG-002', 'if header "a" 5 { keep; }'],
    ['SIEVE-ARG-002', 'if header :comparator :is "a" "b" { keep; }'],
    ['SIEVE-ARG-003', 'redirect;'],
    ['SIEVE-ARG-003', 'if header :is "a" { keep; }'],
    ['SIEVE-ARG-004', 'if header "a" :is "b" { keep; }'],
    ['SIEVE-ARG-005', 'if header :is :is "a" "b" { keep; }'],
    ['SIEVE-ARG-006', 'if header :is :contains "a" "b" { keep; }'],
    ['SIEVE-ARG-006', 'if size :over :under 10 { keep; }'],
    ['SIEVE-ARG-006', 'require "variables"; set :lower :upper "a" "b";'],
    ['SIEVE-ARG-007', 'require "editheader"; deleteheader :last "a";'],
    ['SIEVE-ARG-008', 'if size 10 { keep; }'],
    ['SIEVE-ARG-009', 'keep "a";'],
    ['SIEVE-ARG-009', 'if true "a" { keep; }'],
    ['SIEVE-ARG-010', 'require ["variables"]; redirect "${nonsense.x}@example.org";'],
    ['SIEVE-ARG-011', 'require ["variables"]; redirect "${32}@example.org";'],
    ['SIEVE-ARG-012', 'require "index"; if header :index 0 "a" "b" { keep; }'],
    ['SIEVE-ARG-013', 'require ["envelope", "envelope-dsn"]; if envelope :domain "notify" "x" { keep; }'],
    ['SIEVE-ARG-014', 'require ["ihave", "variables"]; if ihave "${a}" { keep; }'],
    [
      'SIEVE-MATCH-001',
      'require "comparator-i;ascii-numeric"; if header :contains :comparator "i;ascii-numeric" "a" "1" { keep; }',
    ],
    ['SIEVE-LIT-001', 'if header :comparator "i;nonsense" "a" "b" { keep; }'],
    ['SIEVE-LIT-002', 'require "editheader"; addheader "two words" "x";'],
    ['SIEVE-LIT-003', 'redirect "nobody";'],
    ['SIEVE-LIT-004', 'require "fileinto"; fileinto "";'],
    ['SIEVE-LIT-005', 'require "envelope"; if envelope "nonsense" "x" { keep; }'],
    ['SIEVE-LIT-005', 'require "envelope"; if envelope "notify" "x" { keep; }'],
    ['SIEVE-LIT-006', 'require "variables"; set "0" "x";'],
    ['SIEVE-LIT-006', 'require "variables"; set "a-b" "x";'],
    ['SIEVE-LIT-006', 'require "variables"; set "${a}" "x";'],
    ['SIEVE-LIT-006', 'require ["variables", "encoded-character"]; set "${hex:2d}" "x";'],
    ['SIEVE-LIT-006', 'require ["variables", "imap4flags"]; setflag "${a}" "b";'],
    ['SIEVE-LIT-006', 'require ["variables", "imap4flags"]; if hasflag ["a", "${a}"] "b" { keep; }'],
    ['SIEVE-LIT-006', 'require ["variables", "include"]; global "${a}";'],
    [
      'SIEVE-LIT-006',
      'require ["variables", "mime", "foreverypart", "extracttext"]; foreverypart { extracttext "${a}"; }',
    ],
    ['SIEVE-LIT-007', 'require "variables"; set "a.b" "x";'],
    ['SIEVE-LIT-009', 'require "encoded-character"; if header "a" "${unicode:D800}" { keep; }'],
    ['SIEVE-LIT-010', 'require "relational"; if header :value "more" "a" "b" { keep; }'],
    ['SIEVE-LIT-012', 'require "date"; if currentdate :zone "CET" "year" "2026" { keep; }'],
    ['SIEVE-REQ-005', 'require "imap4flags"; setflag "v" "a";'],
    ['SIEVE-LIT-013', 'require "enotify"; notify :importance "9" "mailto:a@b.example";'],
    ['SIEVE-LIT-014', 'require "include"; include "a/b";'],
    ['SIEVE-LIT-015', 'if address "subject" "x" { keep; }'],
    ['MFL-LIT-001', 'require "regex"; if header :regex "a" "(" { keep; }'],
    ['MFL-LIT-001', 'require "regex"; if header :regex "a" "(a)\\\\1" { keep; }'],
  ])('%s: %s', (code, source) => {
    const compiled = compileSieve(source);
    expect(codes(compiled)).toEqual([code]);
    expect(compiled.program).toBeNull();
  });
});

describe('warnings', () => {
  it.each([
    ['SIEVE-LIT-002', 'if header "two words" "x" { keep; }'],
    ['SIEVE-LIT-008', 'require "imap4flags"; addflag "\\\\nonsense";'],
    ['SIEVE-LIT-011', 'require "date"; if currentdate "century" "21" { keep; }'],
    ['SIEVE-WARN-001', 'require ["include", "variables"]; global "a"; global "a";'],
    ['SIEVE-WARN-002', 'require "reject"; reject "a"; reject "b";'],
    ['SIEVE-WARN-002', 'require "ereject"; keep; ereject "b";'],
  ])('%s: %s', (code, source) => {
    const compiled = compileSieve(source);
    expect(codes(compiled)).toEqual([]);
    expect(codes(compiled, 'warning')).toEqual([code]);
  });
});

describe('the problems as a whole', () => {
  it.each([
    ['an unknown name once', ['MFL-NAME-001'], 'frob; frob; frob;'],
    ['a name unknown as command and test once', ['MFL-NAME-001'], 'frob; if frob { keep; }'],
    ['a name unknown as test and command once', ['MFL-NAME-002'], 'if frob { keep; } frob;'],
    ['a test used as a command each time', ['MFL-NAME-001', 'MFL-NAME-001'], 'header "a"; header "a";'],
    ['a command used as a test each time', ['MFL-NAME-002', 'MFL-NAME-002'], 'if keep {} if keep {}'],
    ['wrong arguments, not the block behind them', ['SIEVE-ARG-009'], 'keep "x" { discard; }'],
    ['wrong arguments and tests', ['SIEVE-ARG-009', 'SIEVE-STRUCT-004'], 'keep "x" true;'],
    [
      'what is in a block of a command that takes none',
      ['SIEVE-STRUCT-005', 'MFL-NAME-001'],
      'keep { frob; }',
    ],
    ['nothing within an unknown command', ['MFL-NAME-001'], 'frob { frob2; }'],
    ['nothing within a test used as a command', ['MFL-NAME-001'], 'header { frob2; }'],
    ['nothing within what is not required', ['SIEVE-REQ-002'], 'foreverypart { frob2; }'],
  ])('tell of %s', (_, expected, source) => {
    expect(codes(compileSieve(source))).toEqual(expected);
  });

  it('does not check what does not parse', () => {
    expect(codes(compileSieve('keep frob; nonsense'))).toEqual(['MFL-SYN-001']);
  });

  it('stops at 50 errors', () => {
    const compiled = compileSieve('redirect 1;\n'.repeat(200));
    expect(codes(compiled)).toHaveLength(50);
  });

  it('counts as Pigeonhole does: one more for the script', () => {
    const compiled = compileSieve('frob; redirect;', { pigeonhole: true });
    expect(codes(compiled)).toEqual(['MFL-NAME-001', 'SIEVE-ARG-003', 'SIEVE-SUMMARY']);
    expect(codes(compileSieve('keep;', { pigeonhole: true }))).toEqual([]);
  });

  it('knows only the capabilities it is given', () => {
    const options = { capabilities: new Set(['fileinto']) };
    expect(codes(compileSieve('require "fileinto"; fileinto "x";', options))).toEqual([]);
    expect(codes(compileSieve('require "body";', options))).toEqual(['SIEVE-REQ-001']);
  });

  it('places problems by offset', () => {
    expect(compileSieve('keep;\nfrob;').problems).toMatchObject([{ file: 'main.sieve', at: 6 }]);
  });
});

describe('included scripts', () => {
  it('are compiled with the script, each once', () => {
    const compiled = compileSieve({
      main: 'require "include"; include "a"; include :global "a"; include "a"; include :optional "none";',
      scripts: {
        'personal/a': 'require ["fileinto", "include"]; fileinto "x"; return;',
        'global/a': 'keep;',
      },
    });
    expect(messages(compiled)).toEqual([]);
    expect(Object.keys(compiled.program?.included ?? {})).toEqual(['personal/a', 'global/a']);
    expect(compiled.program?.included?.['personal/a']?.capabilities).toEqual(['fileinto', 'include']);
    expect(compiled.program?.files.map(({ name }) => name)).toEqual(['main.sieve', 'personal/a', 'global/a']);
  });

  it.each([
    ['SIEVE-INC-002', 'require ["include", "variables"]; include "${a}";', {}],
    ['SIEVE-INC-003', 'require "include"; include "none";', {}],
  ])('%s: %s', (code, main, scripts) => {
    expect(codes(compileSieve({ main, scripts }))).toEqual([code]);
  });

  it('refuses a circle', () => {
    const scripts = {
      'personal/a': 'require "include"; include "b";',
      'personal/b': 'require "include"; include "a";',
    };
    const compiled = compileSieve({ main: 'require "include"; include "a";', scripts });
    expect(codes(compiled)).toEqual(['SIEVE-INC-006', 'SIEVE-INC-006', 'SIEVE-INC-004']);
  });

  it('does not take over what the other script requires', () => {
    const scripts = { 'personal/a': 'fileinto "x";' };
    const compiled = compileSieve({ main: 'require ["include", "fileinto"]; include "a";', scripts });
    expect(codes(compiled)).toEqual(['SIEVE-INC-006', 'SIEVE-REQ-002']);
  });

  it('refuses a chain that is too long', () => {
    const scripts: Record<string, string> = {};
    for (let i = 0; i < 20; i++) scripts[`personal/s${i}`] = `require "include"; include "s${i + 1}";`;
    const compiled = compileSieve({ main: 'require "include"; include "s0";', scripts });
    expect(codes(compiled)).toContain('SIEVE-INC-005');
  });
});
