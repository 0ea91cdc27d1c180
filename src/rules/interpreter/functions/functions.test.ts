// The built-in functions by table: values as the log shows them, the questions that lookups put to the world, and what their
// answers and failures come to.

import { describe, expect, it } from 'vitest';
import type { Answer } from '../../runtime.ts';
import { type Given, valueOfExpression } from '../program.fixture.ts';

describe('strings and lists', () => {
  it.each([
    ['lower("AbC\u00c4")', 'abc\xc3\x84'],
    ['upper("aBc\u00e4")', 'ABC\xc3\xa4'],
    ['trim(" \t a b \r\n")', 'a b'],
    ['len("")', '0'],
    ['len("j\u00f6e\u{1f600}")', '4'],
    ['substr("abcdef", 2)', 'cdef'],
    ['substr("abcdef", 2, 3)', 'cde'],
    ['substr("abcdef", 4, 9)', 'ef'],
    ['substr("abcdef", 9, 1)', ''],
    ['substr("abcdef", 0 - 1, 3)', 'ab'],
    ['substr("a\u{1f600}b", 1, 1)', '\xf0\x9f\x98\x80'],
    ['index("abcabc", "c")', '2'],
    ['index("\u{1f600}c", "c")', '1'],
    ['index("abc", "x")', '-1'],
    ['starts_with("abc", "ab")', 'true'],
    ['starts_with("abc", "b")', 'false'],
    ['ends_with("abc", "bc")', 'true'],
    ['ends_with("abc", "b")', 'false'],
    ['replace("a.b.c", ".", "--")', 'a--b--c'],
    ['replace("abc", "x", "y")', 'abc'],
    ['split("a, b,", ",")', 'a,  b, '],
    ['count(split("", ","))', '1'],
    ['join(["a", "b"], "-")', 'a-b'],
    ['join([], "-")', ''],
    ['count(["a", "b"])', '2'],
    ['first(["a", "b"])', 'a'],
    ['last(["a", "b"])', 'b'],
    ['unique(["b", "a", "b", "A"])', 'b, a, A'],
    ['sort(["b", "a", "B", "\u00e4"])', 'B, a, b, \xc3\xa4'],
    ['num("42")', '42'],
    ['num(" -1.5 ")', '-1.5'],
    ['num_or("4x", 7)', '7'],
    ['num_or("4", 7)', '4'],
    ['str(1.5)', '1.5'],
    ['str(true)', 'true'],
    ['str(1 / 10000000)', '0.0000001'],
    ['div(7, 2)', '3'],
    ['div(-7, 2)', '-3'],
    ['min(3, 1, 2)', '1'],
    ['max(3, 1, 2)', '3'],
    ['abs(-3)', '3'],
    ['quote_regex("a.b*[c]")', 'a\\.b\\*\\[c\\]'],
    ['quote_glob("a*b?\\\\")', 'a\\*b\\?\\\\'],
    ['"a.b" =~ "^${a}$"', 'false'],
    ['hash("sha256", "")', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['hash("SHA256", "abc")', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'hash("sha256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['b64encode("j\u00f6")', 'asO2'],
    ['b64decode("asO2")', 'j\xc3\xb6'],
    ['b64decode(b64encode("\u00ff\u{1f600}"))', '\xc3\xbf\xf0\x9f\x98\x80'],
  ])('%s', (expression, value) => {
    expect(valueOfExpression(expression)).toBe(value);
  });

  it.each([
    'num("x")',
    'num("")',
    'num("1e3")',
    'num("9007199254740993")',
    'replace("a", "", "b")',
    'split("a", "")',
    'hash("md5", "a")',
    'ip_net("192.0.2.1", 33)',
    'ip_in("192.0.2.1", ["192.0.2.0/40"])',
  ])('%s is an error', (expression) => {
    expect(valueOfExpression(expression)).toMatch(/^MFL-RUN-VALUE 1\.mfl:1:\d+$/);
  });

  it.each(['first([])', 'last([])'])('%s is an error', (expression) => {
    expect(valueOfExpression(expression)).toMatch(/^MFL-RUN-INDEX/);
  });
});

describe('addresses and names', () => {
  it.each([
    ['domain_of("Joe@Example.ORG")', 'example.org'],
    ['domain_of("a@b@c.org")', 'c.org'],
    ['domain_of("postmaster")', ''],
    ['localpart_of("Joe@example.org")', 'Joe'],
    ['localpart_of("postmaster")', 'postmaster'],
    ['is_email("joe@example.org")', 'true'],
    ['is_email("joe@[192.0.2.1]")', 'true'],
    ['is_email("")', 'false'],
    ['is_email("joe")', 'false'],
    ['is_email("joe@example.org> x")', 'false'],
    ['is_fqdn("mail.example.org")', 'true'],
    ['is_fqdn("mail.example.org.")', 'true'],
    ['is_fqdn("localhost")', 'false'],
    ['is_fqdn("192.0.2.1")', 'false'],
    ['is_fqdn("a..b")', 'false'],
    ['is_ip("192.0.2.1") && is_ipv4("192.0.2.1") && !is_ipv6("192.0.2.1")', 'true'],
    ['is_ip("2001:db8::1") && is_ipv6("2001:db8::1") && !is_ipv4("2001:db8::1")', 'true'],
    [
      'is_ip("192.0.2.256") || is_ip("192.0.2.01") || is_ip("1.2.3") || is_ip("1::2::3") || is_ip("")',
      'false',
    ],
    ['is_ipv6("1:2:3:4:5:6:7:8") && is_ipv6("::") && is_ipv6("1:2:3:4:5:6:192.0.2.1")', 'true'],
    [
      'is_ipv6("1:2:3:4:5:6:7") || is_ipv6("1:2:3:4:5:6:7::8") || is_ipv6("12345::") || is_ipv6(":::")',
      'false',
    ],
    ['ip_in("192.0.2.77", ["198.51.100.0/24", "192.0.2.64/26"])', 'true'],
    ['ip_in("192.0.2.1", ["192.0.2.64/26", "2001:db8::/32"])', 'false'],
    ['ip_in("192.0.2.1", ["192.0.2.1"])', 'true'],
    ['ip_in("192.0.2.1", ["0.0.0.0/0"])', 'true'],
    ['ip_in("192.0.2.1", ["::/0"])', 'false'],
    ['ip_in("2001:db8:1::5", ["2001:db8::/32"])', 'true'],
    ['ip_in("2001:db9::5", ["2001:db8::/32"])', 'false'],
    ['ip_in("::ffff:192.0.2.1", ["192.0.2.0/24"])', 'true'],
    ['ip_in("192.0.2.1", ["::ffff:192.0.2.0/120"])', 'true'],
    ['ip_in("unknown", ["0.0.0.0/0"])', 'false'],
    ['ip_in("192.0.2.1", [])', 'false'],
    ['ip_net("192.0.2.77", 24)', '192.0.2.0/24'],
    ['ip_net("192.0.2.77", 26)', '192.0.2.64/26'],
    ['ip_net("192.0.2.77", 0)', '0.0.0.0/0'],
    ['ip_net("2001:DB8:1:2:3::5", 64)', '2001:db8:1:2::/64'],
    ['ip_net("2001:0:0:5:0:0:0:9", 128)', '2001:0:0:5::9/128'],
    ['ip_net("x", 24)', ''],
    ['ip_reverse("192.0.2.77")', '77.2.0.192'],
    ['ip_reverse("2001:db8::1")', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2'],
    ['org_domain("mx1.mail.Example.org.")', 'example.org'],
    ['org_domain("a.b.example.co.uk")', 'example.co.uk'],
    ['org_domain("co.uk")', 'co.uk'],
    ['org_domain("com")', ''],
    ['same_org("a.example.org", "b.c.example.org")', 'true'],
    ['same_org("a.co.uk", "b.co.uk")', 'false'],
    ['same_org("", "")', 'false'],
    ['ascii_domain("M\u00fcller.example")', 'xn--mller-kva.example'],
    ['ascii_domain("Example.ORG")', 'example.org'],
    ['ascii_domain("m\u00fc/ller")', ''],
    ['looks_dynamic("", "192.0.2.77")', 'true'],
    ['looks_dynamic("192-0-2-77.pool.example.net", "192.0.2.77")', 'true'],
    ['looks_dynamic("host77.2.0.192.example.net", "192.0.2.77")', 'true'],
    ['looks_dynamic("c000024d.example.net", "192.0.2.77")', 'true'],
    ['looks_dynamic("dyn-12.example.net", "192.0.2.77")', 'true'],
    ['looks_dynamic("mail.example.net", "192.0.2.77")', 'false'],
    ['looks_dynamic("static-192-0-2-77.example.net", "192.0.2.77")', 'false'],
    ['looks_dynamic("1920277.example.net", "192.0.2.77")', 'false'],
  ])('%s', (expression, value) => {
    expect(valueOfExpression(expression)).toBe(value);
  });
});

describe('lookups', () => {
  const given = (known: Readonly<Record<string, Answer>> = {}): Given => ({
    properties: { 'client.ip': '192.0.2.77' },
    known,
  });

  it.each([
    ['dnsbl("zen.example.org")', { kind: 'dnsbl', zone: 'zen.example.org', subject: '192.0.2.77' }],
    [
      'dnsbl("dbl.example.org", "Bad.example")',
      { kind: 'dnsbl', zone: 'dbl.example.org', subject: 'Bad.example' },
    ],
    [
      'dnsbl_any(["a.example=127.0.0.2", "b.example"])',
      { kind: 'dnsbl', zone: 'a.example=127.0.0.2', subject: '192.0.2.77' },
    ],
    ['dns_a("Mail.example.org")', { kind: 'dns', type: 'A', name: 'mail.example.org' }],
    ['dns_aaaa("x.org")', { kind: 'dns', type: 'AAAA', name: 'x.org' }],
    ['dns_mx("x.org")', { kind: 'dns', type: 'MX', name: 'x.org' }],
    ['dns_txt("x.org")', { kind: 'dns', type: 'TXT', name: 'x.org' }],
    ['dns_ptr("192.0.2.1")', { kind: 'dns', type: 'PTR', name: '192.0.2.1' }],
    ['resolves("X.org")', { kind: 'resolves', domain: 'x.org' }],
    ['map("cdb:a", "J\u00f6e")', { kind: 'map', uri: 'cdb:a', key: 'J\xc3\xb6e', mode: 'value' }],
    ['map_or("cdb:a", "k", "d")', { kind: 'map', uri: 'cdb:a', key: 'k', mode: 'value' }],
    ['map_has("cdb:a", "k")', { kind: 'map', uri: 'cdb:a', key: 'k', mode: 'has' }],
    ['map_addr("cdb:a", "k@d")', { kind: 'map', uri: 'cdb:a', key: 'k@d', mode: 'address' }],
    ['user_exists("a@b")', { kind: 'function', name: 'user_exists', arguments: ['a@b'] }],
    ['counter_add("k", 1, 1d)', { kind: 'function', name: 'counter_add', arguments: ['k', 1, 86_400] }],
    ['client.host', { kind: 'property', name: 'client.host' }],
    ['helo.verified', { kind: 'property', name: 'helo.verified' }],
  ])('%s asks', (expression, question) => {
    expect(valueOfExpression(expression, given())).toBe(`needs ${JSON.stringify(question)}`);
  });

  const MAP = '["map","cdb:a","k","value"]';
  const LIST = '["dnsbl","z","192.0.2.77"]';
  const down: Answer = { ok: false, reason: 'down' };

  it.each([
    ['map("cdb:a", "k")', MAP, { ok: true, value: 'v\xc3\xb6' }, 'v\xc3\xb6'],
    ['len(map("cdb:a", "k"))', MAP, { ok: true, value: 'v\xc3\xb6' }, '2'],
    ['map_or("cdb:a", "k", "d")', MAP, { ok: true, value: '' }, 'd'],
    ['map_or("cdb:a", "k", "d")', MAP, { ok: true, value: 'v' }, 'v'],
    ['dnsbl("z")', LIST, { ok: true, value: '127.0.0.2' }, '127.0.0.2'],
    ['dnsbl_any(["z"])', LIST, { ok: true, value: '127.0.0.2' }, 'z'],
    ['dnsbl_any(["z"])', LIST, { ok: true, value: '' }, ''],
    ['dnsbl("z") + str(lookup_failed())', LIST, down, 'true'],
    ['dnsbl("z") + str(lookup_failed())', LIST, { ok: true, value: '' }, 'false'],
    ['dns_mx("x")', '["dns","MX","x"]', { ok: true, value: ['a', 'b'] }, 'a, b'],
    ['dns_mx("x")', '["dns","MX","x"]', down, ''],
    ['try(map("cdb:a", "k"), "fallback") + str(lookup_failed())', MAP, down, 'fallbacktrue'],
    ['try(map("cdb:a", "k"), "fallback")', MAP, { ok: true, value: 'v' }, 'v'],
    ['client.rdns_status', 'property client.rdns_status', down, 'temperror'],
    ['client.reputation', 'property client.reputation', { ok: true, value: -3 }, '-3'],
    ['client.reputation', 'property client.reputation', down, '0'],
  ] as const)('%s with %s = %j is %s', (expression, key, answer, value) => {
    expect(valueOfExpression(expression, given({ [key]: answer }))).toBe(value);
  });

  it('fail the rule where they decide who may do what', () => {
    expect(valueOfExpression('map("cdb:a", "k")', given({ [MAP]: down }))).toBe('MFL-RUN-LOOKUP 1.mfl:1:23');
    const resolves = { '["resolves","x"]': down };
    expect(valueOfExpression('resolves("x")', given(resolves))).toMatch(/^MFL-RUN-LOOKUP/);
  });

  it('fail the rule where the administrator wants them to', () => {
    const input = given({ [LIST]: down });
    const strict = {
      ...input,
      properties: { ...input.properties, 'control.on_lookup_error.dnsbl': 'error' },
    };
    expect(valueOfExpression('dnsbl("z")', strict)).toMatch(/^MFL-RUN-LOOKUP/);
  });

  it('are caught by try() only when they fail', () => {
    expect(valueOfExpression('try(num("x"), 1)')).toMatch(/^MFL-RUN-VALUE/);
    expect(valueOfExpression('try(map("cdb:a", "k"), "x")', given())).toMatch(/^needs/);
  });

  it('with an answer of another type are an error', () => {
    expect(valueOfExpression('map("cdb:a", "k")', given({ [MAP]: { ok: true, value: 1 } }))).toMatch(
      /^MFL-RUN-ANSWER/,
    );
  });
});

describe('properties nobody knows', () => {
  it.each([
    ['spf.result', 'none'],
    ['dkim.result', 'none'],
    ['dmarc.result', 'none'],
    ['spam.score', '0'],
    ['virus.found', 'false'],
    ['dkim.domains', ''],
    ['client.asn', '0'],
    ['auth.user', ''],
    ['tls.active', 'false'],
    ['control.max_size', '0'],
    ['env("HOME")', ''],
  ])('%s is "%s"', (expression, value) => {
    expect(valueOfExpression(expression)).toBe(value);
  });
});

describe('headers', () => {
  const message = {
    fields: [
      { name: 'From', body: ' "Joe" <joe@example.org>,\r\n jane@example.org' },
      { name: 'Subject', body: ' =?utf-8?q?j=C3=B6?=\r\n  x' },
      { name: 'subject', body: ' two' },
      { name: 'Date', body: ' Thu, 1 Jan 2026 11:59:00 +0000' },
      { name: 'Message-ID', body: ' <a@b>' },
      { name: 'To', body: ' undisclosed-recipients:;' },
      { name: 'Sender', body: ' not an address' },
    ],
  };
  it.each([
    ['header_value("Subject")', 'j\xc3\xb6  x'],
    ['count(header_values("subject"))', '2'],
    ['header_value("X-None") == ""', 'true'],
    ['header_raw("Message-ID")', ' <a@b>'],
    ['header_count("SUBJECT")', '2'],
    ['header_addresses("From")', 'joe@example.org, jane@example.org'],
    ['header_valid("From")', 'true'],
    ['header_valid("Sender")', 'false'],
    ['header_valid("Date")', 'true'],
    ['header_valid("To")', 'true'],
    ['header_valid("Message-ID")', 'true'],
    ['header_valid("X-None")', 'false'],
    ['date_age("Date")', '60'],
    ['count(header_names())', '7'],
  ])('%s', (expression, value) => {
    expect(valueOfExpression(expression, { message })).toBe(value);
  });

  it('date_age() of no date is an error', () => {
    expect(valueOfExpression('date_age("Subject")', { message })).toMatch(/^MFL-RUN-VALUE/);
    expect(valueOfExpression('date_age("X-None")', { message })).toMatch(/^MFL-RUN-VALUE/);
  });
});
