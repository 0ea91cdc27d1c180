// MFL's own rules, each with a source that obeys it and one that does not: names and scopes, types, stages through the call graph,
// verdicts and their codes, literals, imports, and the warnings. Follows the static semantics of the language reference.

import { describe, expect, it } from 'vitest';
import { codes, compileMfl, messages } from './test-compile.ts';

const hook = (name: string, body: string): string => `hook ${name} { ${body} }`;

describe('rules without an error', () => {
  it.each([
    ['a hook', hook('connect', 'if (client.ip == "192.0.2.1") { reject "no"; }')],
    ['parameters', 'hook rcpt(string address) { if ($address is "a@b.example") { reject "no"; } }'],
    [
      'functions before they are declared',
      `${hook('mail', 'if (f(1)) { defer "later"; }')} boolean f(number n) { return n > 0; }`,
    ],
    [
      'recursion',
      `number f(number n) { if (n <= 1) { return 1; } return n * f(n - 1); } ${hook('mail', 'number n = f(3); if (n > 5) { stop; }')}`,
    ],
    [
      'constants',
      `const list nets = ["192.0.2.0/24", "2001:db8::/32"]; ${hook('connect', 'if (ip_in(client.ip, nets)) { accept; }')}`,
    ],
    ['session variables', `session number n = 0; ${hook('rcpt', 'n += 1; if (n > 3) { drop "Goodbye"; }')}`],
    [
      'every type of value',
      hook(
        'mail',
        'list l = ["a"] + ["b"]; string s = l[0] + "x"; boolean b = !(s == "") && 1.5 < 2 * 3 - 1; if (b) { log "${l} ${b}"; }',
      ),
    ],
    [
      'word operators',
      hook('mail', 'if (sender.domain matches ["*.a", "b"] || sender.address not in ["x"]) { stop; }'),
    ],
    ['patterns', hook('mail', 'if (sender.address =~ r"^(a|b)\\.") { reject "${1}"; }')],
    [
      'sieve tests in conditions',
      `${hook(
        'headers',
        'if (anyof (header :contains "subject" ["a", "b"], size_ok()) && !(exists "x")) { reject "no"; }',
      )} boolean size_ok() { return message.header_bytes < 10000; }`,
    ],
    [
      'loops',
      hook(
        'headers',
        'foreach (string h in ["Date", "From"]) { if (header_count(h) > 1) { break; } } while (false) { continue; }',
      ),
    ],
    [
      'codes of every class',
      hook(
        'rcpt',
        'if (rcpt.is_local) { reject :code 552 :status "5.3.4" "a"; } if (rcpt.domain == "b") { defer :code 452 :status "4.5.3" "b"; } drop :code 554 :status "5.7.1" "c";',
      ),
    ],
    [
      'tags behind the text',
      hook(
        'rcpt',
        'report "kind" :key $client.ip :weight 2 "note"; ratelimit :key "x" :max 5 :per 1h "slow";',
      ),
    ],
    ['a computed delay', hook('rcpt', 'delay $(min(5 * 3, 30));')],
    [
      'settings',
      hook(
        'init',
        'control.max_size = 50M; control.local_domains = ["a.example"]; control.text.reject = "No."; control.on_lookup_error.dnsbl = "error";',
      ),
    ],
    ['a property assigned', hook('mail', 'sender.address = lower(sender.address);')],
    [
      'try',
      hook(
        'rcpt',
        'string v = try(map("cdb:control/a.cdb", rcpt.address), "none"); if (v is "none") { accept :relay; }',
      ),
    ],
    ['set declares', hook('mail', 'set "x" "1"; if (x == "1") { stop; } log "${x}";')],
    ['set assigns', `session string x = ""; ${hook('mail', 'set "x" "1"; if (x == "1") { stop; }')}`],
    [
      'observers',
      `${hook('denied', 'if (deny.layer == "qmail" && session.bad_rcpts >= 5) { drop "no"; }')} ${hook('disconnect', 'log "${session.elapsed}";')}`,
    ],
    ['replies', hook('vrfy', 'reply :code 252 "Cannot tell";')],
    ['deliver', hook('deliver', 'if (rcpt.detail == "spam") { discard; } user_filter;')],
    ['two hooks in two files', 'import "a.mfl"; hook mail { stop; }'],
    ['requiring what is there anyway', 'require ["fileinto"]; hook mail { stop; }'],
    [
      'a main script with functions',
      'boolean f() { return true; } if f() { reject "no"; } else { fileinto "x"; }',
    ],
  ])('%s', (_, main) => {
    const compiled = compileMfl({ main, files: { 'a.mfl': 'hook mail { stop; }' } });
    expect(messages(compiled).filter((line) => line.startsWith('error'))).toEqual([]);
    expect(compiled.program).not.toBeNull();
  });
});

describe('rules with one error', () => {
  it.each([
    ['MFL-NAME-001', hook('mail', 'frobnicate;')],
    ['MFL-NAME-003', hook('mail', 'string client = "x"; log client.ip;').replace('log client.ip', 'stop')],
    ['MFL-NAME-003', 'number lower(string s) { return 1; } hook mail { stop; }'],
    ['MFL-NAME-004', hook('mail', 'if (nonsense()) { stop; }')],
    ['MFL-NAME-005', hook('mail', 'if (nonsense == "a") { stop; }')],
    ['MFL-NAME-005', hook('mail', 'if (sender == "a") { stop; }')],
    ['MFL-NAME-006', hook('mail', 'if (sender.nonsense == "a") { stop; }')],
    ['MFL-NAME-006', hook('mail', 'if (nonsense.a == "a") { stop; }')],
    ['MFL-NAME-006', hook('mail', 'log "${sender.nonsense}";')],
    ['MFL-NAME-007', hook('mail', 'control.nonsense = 1;')],
    ['MFL-NAME-008', hook('mail', 'number a = 1; number a = 2; log "${a}";')],
    ['MFL-NAME-008', `number f() { return 1; } string f() { return ""; } ${hook('mail', 'f();')}`],
    ['MFL-NAME-009', `const number n = 1; ${hook('mail', 'n = 2; log "${n}";')}`],
    ['MFL-NAME-010', hook('mail', 'sender.domain = "x";')],
    ['MFL-NAME-011', hook('nonsense', 'stop;')],
    ['MFL-NAME-012', `${hook('mail', 'stop;')} ${hook('mail', 'stop;')}`],
    ['MFL-NAME-013', `const number a = b; const number b = 1; ${hook('mail', 'log "${a}";')}`],
    [
      'MFL-NAME-013',
      `const number a = f(); const number b = 1; number f() { return b; } ${hook('mail', 'log "${a}";')}`,
    ],
    ['MFL-NAME-014', `discard; ${hook('message', 'stop;')}`],
    ['MFL-TYPE-001', hook('mail', 'if (sender.address) { stop; }')],
    ['MFL-TYPE-001', hook('mail', 'string s = 1; log s;').replace('log s', 'log "${s}"')],
    ['MFL-TYPE-001', hook('mail', 'number n = len(3); log "${n}";')],
    ['MFL-TYPE-001', hook('mail', 'list l = [1]; log "${l}";')],
    ['MFL-TYPE-001', hook('mail', 'if (!sender.address) { stop; }')],
    ['MFL-TYPE-002', hook('mail', 'if ("a" + 1 == "a1") { stop; }')],
    ['MFL-TYPE-002', hook('mail', 'if (sender.size == "1") { stop; }')],
    ['MFL-TYPE-002', hook('mail', 'if (sender.is_null < true) { stop; }')],
    ['MFL-TYPE-002', hook('mail', 'if (client.ip in "192.0.2.0/24") { stop; }')],
    ['MFL-TYPE-002', hook('mail', 'if (sender.address =~ ["a"]) { stop; }')],
    ['MFL-TYPE-002', `session string s = ""; ${hook('mail', 's -= 1; log "${s}";')}`],
    ['MFL-TYPE-003', hook('mail', 'if (is_ip(sender.address, "x")) { stop; }')],
    ['MFL-TYPE-003', `boolean f(number n) { return n > 1; } ${hook('mail', 'if (f()) { stop; }')}`],
    ['MFL-TYPE-004', hook('mail', 'void v = 1;')],
    ['MFL-LIT-007', hook('mail', 'if (tagged("")) { stop; }')],
    ['MFL-LIT-007', hook('mail', 'tag "";')],
    ['SIEVE-STRUCT-006', 'log "x"; keep; reject "no";'],
    ['MFL-TYPE-005', `number f() { return; } ${hook('mail', 'f();')}`],
    ['MFL-TYPE-005', hook('mail', 'return 1;')],
    ['MFL-TYPE-006', `number f() { if (true) { return 1; } } ${hook('mail', 'f();')}`],
    ['MFL-TYPE-007', 'hook mail(number n) { log "${n}"; }'],
    ['MFL-TYPE-007', 'hook connect(string s) { log "${s}"; }'],
    ['MFL-TYPE-010', `void f() { stop; } ${hook('mail', 'if (f()) { stop; }')}`],
    ['SIEVE-ARG-001', hook('mail', 'reject :nonsense "no";')],
    ['SIEVE-ARG-002', hook('mail', 'reject $sender.size;')],
    ['SIEVE-ARG-008', hook('mail', 'ratelimit :key "x" :max 3 "slow";')],
    ['SIEVE-STRUCT-008', hook('mail', 'break;')],
    ['SIEVE-INC-001', hook('mail', 'include "x";')],
    ['MFL-STAGE-001', hook('connect', 'if (sender.address == "") { stop; }')],
    ['MFL-STAGE-001', hook('connect', 'log "${sender.address}";')],
    ['MFL-STAGE-001', hook('rcpt', 'if header "subject" "x" { stop; }')],
    ['MFL-STAGE-001', hook('headers', 'if size :over 10K { stop; }')],
    ['MFL-STAGE-001', hook('rcpt', 'addheader "X-A" "b";')],
    ['MFL-STAGE-001', hook('mail', 'quarantine;')],
    ['MFL-STAGE-001', hook('init', 'reject "no";')],
    ['MFL-STAGE-001', hook('queued', 'drop;')],
    ['MFL-STAGE-001', hook('connect', 'reject :code 552 "no";')],
    ['MFL-STAGE-001', hook('message', 'if (rcpt.is_local) { stop; }')],
    ['MFL-STAGE-001', hook('rcpt', 'control.hostname = "late.example";')],
    [
      'MFL-STAGE-002',
      `string f() { return g(); } string g() { return sender.domain; } ${hook('connect', 'log "${f()}"; if (f() == "") { stop; }').replace('log "${f()}"; ', '')}`,
    ],
    ['MFL-STAGE-003', `const string a = client.ip; ${hook('mail', 'log "${a}";')}`],
    [
      'MFL-STAGE-003',
      `const string a = f(); string f() { return client.ip; } ${hook('mail', 'log "${a}";')}`,
    ],
    ['MFL-STAGE-003', `const string a = map("cdb:x", "y"); ${hook('mail', 'log "${a}";')}`],
    ['MFL-VERDICT-001', hook('mail', 'reject :code 451 "no";')],
    ['MFL-VERDICT-001', hook('mail', 'defer :code 550 "no";')],
    ['MFL-VERDICT-001', hook('vrfy', 'reply :code 354 "no";')],
    ['MFL-VERDICT-002', hook('mail', 'reject :status "4.7.1" "no";')],
    ['MFL-VERDICT-002', hook('mail', 'drop :code 554 :status "4.7.1" "no";')],
    ['MFL-VERDICT-003', hook('mail', 'reject :status "571" "no";')],
    ['MFL-VERDICT-004', hook('mail', 'reject "550 no";')],
    ['MFL-VERDICT-004', hook('mail', 'reject "5.7.1 no";')],
    ['MFL-VERDICT-005', `boolean f() { return true; } if f() { accept; }`],
    ['MFL-VERDICT-006', hook('vrfy', 'reply "no";')],
    ['MFL-LIT-001', hook('mail', 'if (sender.address =~ "(") { stop; }')],
    ['MFL-LIT-001', `const string p = "("; ${hook('mail', 'if (sender.address =~ p) { stop; }')}`],
    ['MFL-LIT-002', hook('mail', 'if (ip_in(client.ip, ["192.0.2.0/33"])) { stop; }')],
    ['MFL-LIT-002', `const list l = ["192.0.2.256"]; ${hook('mail', 'if (ip_in(client.ip, l)) { stop; }')}`],
    ['MFL-LIT-003', hook('mail', 'if (dnsbl("not a zone") != "") { stop; }')],
    ['MFL-LIT-004', hook('mail', 'if (map_has("ldap:x", "y")) { stop; }')],
    ['MFL-LIT-005', hook('headers', 'if (header_count("two words") > 1) { stop; }')],
    ['MFL-LIT-006', hook('mail', 'log "${x}"; string x = hash("md5", "a");').replace('log "${x}"; ', '')],
    ['MFL-LIT-008', hook('mail', 'if (match(40) == "") { stop; }')],
    ['MFL-LIT-009', hook('mail', 'delay 5min;')],
    ['MFL-LIT-010', hook('mail', 'log :level "loud" "x";')],
    ['MFL-LIT-011', hook('init', 'control.sieve_mode = "sometimes";')],
    ['MFL-IMPORT-001', 'import "/etc/passwd"; hook mail { stop; }'],
    ['MFL-IMPORT-002', 'import "missing.mfl"; hook mail { stop; }'],
    ['SIEVE-REQ-001', 'require "nonsense"; hook mail { stop; }'],
  ])('%s: %s', (code, source) => {
    const compiled = compileMfl(source);
    expect({ codes: codes(compiled), all: messages(compiled) }).toMatchObject({ codes: [code] });
    expect(compiled.program).toBeNull();
  });
});

describe('warnings', () => {
  it.each([
    ['MFL-WARN-001', hook('mail', 'reject "no"; log "x";')],
    ['MFL-WARN-001', hook('mail', 'if (sender.is_null) { accept; } else { stop; } log "x";')],
    ['MFL-WARN-002', hook('mail', 'number n = 1;')],
    ['MFL-WARN-002', `const number n = 1; ${hook('mail', 'stop;')}`],
    ['MFL-WARN-003', hook('mail', 'number n = 1; if (n > 0) { number n = 2; log "${n}"; }')],
    ['MFL-WARN-004', hook('mail', 'if (client.info =~ "^${sender.localpart}") { stop; }')],
    ['MFL-WARN-005', hook('rcpt', 'greylist :delay 5m "later";')],
    ['MFL-WARN-006', hook('mail', 'log "${nonsense}";')],
    ['MFL-WARN-007', hook('mail', 'if (sender.domain == "Example.org") { stop; }')],
    ['MFL-WARN-008', hook('rcpt', 'accept;')],
    ['MFL-WARN-008', hook('rcpt', 'if string :is "${sender.domain}" "x.example" { accept; }')],
    ['MFL-WARN-008', hook('rcpt', 'if string :is $sender.domain r"${rcpt.domain}" { accept; }')],
    ['MFL-WARN-010', hook('message', 'if (spam.score > 5) { reject "no"; }')],
    ['MFL-WARN-010', hook('mail', 'if (alive("a.example")) { stop; }')],
    ['MFL-WARN-010', hook('mail', 'if (env("A") == "") { stop; }')],
    ['MFL-WARN-010', hook('mail', 'if (user_exists(sender.address) == "") { stop; }')],
    ['MFL-WARN-010', hook('mail', 'if (client.asn > 0) { stop; }')],
    ['MFL-WARN-010', hook('mail', 'if (sender.smtputf8) { stop; }')],
    ['MFL-WARN-010', hook('rcpt', 'if (rcpt.orcpt == "") { stop; }')],
    ['MFL-WARN-010', hook('message', 'if (message.part_count > 9) { stop; }')],
    ['MFL-WARN-010', hook('init', 'control.require_helo = true;')],
    ['MFL-WARN-010', hook('init', 'control.text.greylist = "x";')],
    ['MFL-WARN-010', hook('rcpt', 'expand_alias;')],
    ['MFL-WARN-010', hook('rcpt', 'route :queue;')],
    ['MFL-WARN-010', hook('deliver', 'user_filter;')],
    ['MFL-WARN-010', hook('deliver', 'fileinto "x"; fileinto "y";')],
    ['MFL-WARN-010', 'redirect "a@b.example";'],
    ['MFL-WARN-010', hook('mail', 'if (map_has("sqlite:x", "y")) { stop; }')],
  ])('%s: %s', (code, source) => {
    const compiled = compileMfl(source);
    expect(messages(compiled).filter((line) => line.startsWith('error'))).toEqual([]);
    expect(codes(compiled, 'warning')).toEqual([code]);
  });

  it.each([
    ['a dry run ends nothing', hook('mail', 'reject :dryrun "no"; log "x";')],
    ['accept behind a test', hook('rcpt', 'if (rcpt.domain in ["a.example"]) { accept; }')],
    ['accept behind an early return', hook('rcpt', 'if (!client.relay) { return; } accept;')],
    ['accept behind a test by Sieve', hook('rcpt', 'if string :is "${rcpt.domain}" "a.example" { accept; }')],
    ['… or of an expression', hook('rcpt', 'if not string :is $client.ip ["192.0.2.1"] { return; } accept;')],
    ['… or of several', hook('rcpt', 'if allof (true, string :is $rcpt.address "a@b.example") { accept; }')],
    ['accept with its scope', hook('rcpt', 'accept :local;')],
    ['a quoted pattern', hook('mail', 'if (client.info =~ "^x" + quote_regex(sender.localpart)) { stop; }')],
    ['is, in any case', hook('mail', 'if (sender.domain is "Example.org") { stop; }')],
    ['minutes', hook('rcpt', 'greylist :delay 5min "later";')],
    ['reputation', hook('mail', 'if (reputation(client.ip) + client.reputation < 0) { stop; }')],
    ['counting', hook('mail', 'if (counter_add("x", 1, 60) > rate("x", 60)) { stop; }')],
    ['what a listener knows', hook('mail', 'if (client.connections > 9 || session.early_talker) { stop; }')],
    ['a setting that is obeyed', hook('init', 'control.max_size = 1M;')],
  ])('none: %s', (_, source) => expect(messages(compileMfl(source))).toEqual([]));
});

describe('files', () => {
  it('are 256 at most', () => {
    const files = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.mfl`, '']));
    const main = (count: number): string =>
      Object.keys(files(count))
        .map((name) => `import "${name}";`)
        .join('\n');
    expect(messages(compileMfl({ main: main(255), files: files(255) }))).toEqual([]);
    expect(codes(compileMfl({ main: main(256), files: files(256) }))).toEqual(['MFL-IMPORT-004']);
  });

  it('imports a file once, before the one that imports it', () => {
    const files = {
      'a.mfl': 'import "b.mfl"; hook mail { log b; }'.replace('log b', 'log "${b}"'),
      'b.mfl': 'const number b = 1;',
    };
    const compiled = compileMfl({ main: 'import "a.mfl"; import "b.mfl"; hook mail { log "${b}"; }', files });
    expect(messages(compiled)).toEqual([]);
    expect(compiled.program?.files.map(({ name }) => name)).toEqual(['b.mfl', 'a.mfl', 'main.mfl']);
    expect(compiled.program?.hooks.mail?.map(({ file }) => file)).toEqual([1, 2]);
  });

  it('refuses a circle', () => {
    const files = { 'a.mfl': 'import "b.mfl";', 'b.mfl': 'import "a.mfl";' };
    expect(codes(compileMfl({ main: 'import "a.mfl";', files }))).toEqual(['MFL-IMPORT-003']);
    expect(codes(compileMfl('import "main.mfl";'))).toEqual(['MFL-IMPORT-003']);
  });

  it('compiles nothing when one file has an error', () => {
    const compiled = compileMfl({
      main: 'import "a.mfl"; hook mail { stop; }',
      files: { 'a.mfl': 'hook mail {' },
    });
    expect(compiled.program).toBeNull();
    expect(compiled.problems[0]).toMatchObject({ file: 'a.mfl' });
  });

  it('takes a file without MFL for a Sieve script', () => {
    expect(codes(compileMfl('fileinto "x";'))).toEqual(['SIEVE-REQ-002']);
    const compiled = compileMfl('require "fileinto"; fileinto "${x}";');
    expect(compiled.program?.main).toMatchObject({ capabilities: ['fileinto'], interpolates: false });
  });

  it('has one main script', () => {
    const compiled = compileMfl({ main: 'import "a.mfl"; stop;', files: { 'a.mfl': 'keep;' } });
    expect(codes(compiled)).toEqual(['MFL-NAME-014']);
  });
});

describe('what a program needs', () => {
  it.each([
    [hook('rcpt', 'stop;'), { headers: false, message: false, body: false }],
    [hook('headers', 'stop;'), { headers: true, message: false, body: false }],
    [hook('message', 'stop;'), { headers: true, message: true, body: false }],
    [hook('message', 'if body :contains "x" { discard; }'), { headers: true, message: true, body: true }],
    [hook('message', 'log "${message.part_count}";'), { headers: true, message: true, body: true }],
    [
      `${hook('deliver', 'if (f() > 1) { discard; }')} number f() { return message.part_count; }`,
      { headers: true, message: true, body: true },
    ],
    ['discard;', { headers: true, message: true, body: false }],
  ])('%s', (source, needs) => {
    const compiled = compileMfl(source);
    expect(codes(compiled)).toEqual([]);
    expect(compiled.program?.needs).toEqual(needs);
  });
});
