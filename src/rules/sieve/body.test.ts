import { describe, expect, test } from 'vitest';
import { typeMatches } from './body.ts';
import { readBody } from './mime.ts';
import { readStructure } from './mime-structure.ts';
import { parseMimeValue } from './mime-value.ts';
import { holds, runScript, valueAfter } from './script.fixture.ts';

const MESSAGE = `From: a@x.test
Content-Type: multipart/mixed; boundary="outer"
MIME-Version: 1.0

This is the prologue.
--outer
Content-Type: multipart/alternative; boundary=inner

inner prologue
--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9 an=
d more  
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGh0bWw+PGhlYWQ+PHN0eWxlPmIge308L3N0eWxlPjwvaGVhZD48Ym9keT48cD5IZWxsbyA8Yj5X
b3JsZDwvYj4mYW1wO2NvPC9wPjwvYm9keT48L2h0bWw+
--inner--
--outer
Content-Type: message/rfc822

Subject: enclosed
Content-Type: text/plain

nested text
--outer
Content-Type: application/pdf; name*0=long; name*1="name.pdf"
Content-Disposition: attachment; filename*=utf-8''gr%C3%BCn.pdf
Content-Transfer-Encoding: base64

JVBERg==
--outer--
This is the epilogue.
`;

const CRLF = MESSAGE.replace(/\n/g, '\r\n');

test('the parts in their order', () => {
  const { parts } = readStructure(CRLF);
  expect(parts.map(({ type, parent }) => [type, parent])).toEqual([
    ['multipart/mixed', -1],
    ['multipart/alternative', 0],
    ['text/plain', 1],
    ['text/html', 1],
    ['message/rfc822', 0],
    ['text/plain', 4],
    ['application/pdf', 0],
  ]);
  expect(parts[0]?.octets).toBe('This is the prologue.This is the epilogue.\r\n');
  expect(parts[2]?.octets).toBe('caf\xc3\xa9 and more');
  expect(parts[4]?.octets).toBe('Subject: enclosed\r\nContent-Type: text/plain\r\n');
  expect(parts[5]?.octets).toBe('nested text');
  expect(parts[6]?.octets).toBe('%PDF');
});

describe('body (RFC 5173)', () => {
  test.each([
    ['body :raw :contains "PGh0bWw"', true, '§5.1'],
    ['body :raw :contains "From: a@x.test"', false, '§5.1: no header'],
    ['body :raw :contains "--outer--"', true, '§5.1'],
    ['body :raw :contains "=E9"', true, '§5.1: undecoded'],
    ['body :content "text" :contains "café and more"', true, '§5.2'],
    ['body :content "text" :contains "<b>World</b>"', true, '§5.2'],
    ['body :content "text/html" :contains "café"', false, '§5.2'],
    ['body :content "multipart" :contains "prologue"', true, '§5.2'],
    ['body :content "multipart/mixed" :contains "epilogue"', true, '§5.2'],
    ['body :content "multipart" :contains "café"', false, '§5.2'],
    ['body :content "message/rfc822" :contains "Subject: enclosed"', true, '§5.2'],
    ['body :content "message/rfc822" :contains "nested text"', false, '§5.2'],
    ['body :content "" :contains "%PDF"', true, '§5.2'],
    ['body :content ["image", "application/pdf"] :is "%PDF"', true, '§5.2'],
    ['body :content "text/" :contains ""', false, '§5.2: ends with a slash'],
    ['body :content "/text" :contains ""', false, '§5.2: starts with a slash'],
    ['body :content "a/b/c" :contains ""', false, '§5.2: two slashes'],
    ['body :text :contains "Hello World&co"', true, '§5.3'],
    ['body :contains "Hello World&co"', true, '§5.3 is the default'],
    ['body :text :contains "style"', false, '§5.3'],
    ['body :text :contains "%PDF"', false, '§5.3'],
    ['body :text :contains "nested"', true, '§5.3'],
  ])('%s is %s (%s)', async (sieve, expected) => {
    expect(await holds(sieve, { message: MESSAGE })).toBe(expected);
  });

  test('a message without MIME is one text', async () => {
    const message = 'Subject: x\n\nHello\n';
    expect(await holds('body :content "text/plain" :is "hello\r\n"', { message })).toBe(true);
    expect(await holds('body :raw :is "hello\r\n"', { message })).toBe(true);
    expect(await holds('body :contains ""', { message: 'Subject: x\n\n' })).toBe(true);
  });

  test('the match variables are left alone (§6)', async () => {
    const script = 'if string :matches "a-b" "*-*" { if body :matches "*World*" { set "x" "${1}"; } }';
    expect(await valueAfter(script, 'x', { message: MESSAGE })).toBe('a');
  });
});

test.each([
  ['TEXT', 'text/plain', true],
  ['tex', 'text/plain', false],
  ['text/Plain', 'text/plain', true],
])('type %s covers %s: %s', (wanted, type, expected) => expect(typeMatches(wanted, type)).toBe(expected));

test.each([
  [
    'text/Plain; charset="utf-8" (comment); Format=flowed',
    'text/plain',
    { charset: 'utf-8', format: 'flowed' },
  ],
  ['attachment; filename="a\\"b;c.txt"', 'attachment', { filename: 'a"b;c.txt' }],
  ["x/y; n*0*=iso-8859-1'en'%E9; n*1=%41; n*2*=%42", 'x/y', { n: 'é%41B' }],
  ['text/plain; ; broken; a=b', 'text/plain', { a: 'b' }],
  ['text/plain; a=1; a=2', 'text/plain', { a: '1' }],
  ['', '', {}],
])('%j (RFC 2045 §5.1, RFC 2231)', (body, value, parameters) => {
  const parsed = parseMimeValue(body);
  expect(parsed.value).toBe(value);
  expect(Object.fromEntries(parsed.parameters)).toEqual(parameters);
});

describe('MIME in tests and loops (RFC 5703)', () => {
  test.each([
    ['header :mime :contenttype "content-type" "multipart/mixed"', true],
    ['header :mime :anychild :type "content-type" "application"', true],
    ['header :mime :anychild :subtype "content-type" "html"', true],
    ['header :mime :type "content-type" "application"', false],
    ['header :mime :anychild :param "filename" :contains "content-disposition" "grün.pdf"', true],
    ['header :mime :anychild :param ["name"] :is "content-type" "longname.pdf"', true],
    ['exists :mime :anychild "content-disposition"', true],
    ['exists :mime "content-disposition"', false],
    ['header :mime :anychild :is "subject" "enclosed"', true],
  ])('%s (§4)', async (sieve, expected) => expect(await holds(sieve, { message: MESSAGE })).toBe(expected));

  test('foreverypart goes depth first, inner loops inside the part (§3)', async () => {
    const script = `
      foreverypart {
        if header :mime :matches :contenttype "content-type" "*" { set "seen" "\${seen} \${1}"; }
        foreverypart { set "inner" "\${inner}x"; }
      }`;
    const types =
      'multipart/mixed multipart/alternative text/plain text/html message/rfc822 text/plain application/pdf';
    expect(await valueAfter(script, 'seen', { message: MESSAGE })).toBe(` ${types}`);
    expect(await valueAfter(script, 'inner', { message: MESSAGE })).toBe('x'.repeat(6 + 2 + 1));
  });

  test('break leaves the nearest loop, or the one named (§3.1)', async () => {
    const inner = (leave: string): string =>
      `foreverypart :name "o" { set "n" "\${n}o"; foreverypart { set "n" "\${n}i"; ${leave} } }`;
    expect(await valueAfter(inner('break;'), 'n', { message: MESSAGE })).toBe('oioioooioo');
    expect(await valueAfter(inner('break :name "o";'), 'n', { message: MESSAGE })).toBe('oi');
  });

  test('extracttext (§7)', async () => {
    const script = `foreverypart { if header :mime :is :subtype "content-type" "html" {
      extracttext :upper :first 5 "t"; break; } }`;
    expect(await valueAfter(script, 't', { message: MESSAGE })).toBe('HELLO');
  });
});

describe('hostile messages', () => {
  const nested = (depth: number): string => {
    const lines: string[] = [];
    for (let n = 0; n < depth; n += 1)
      lines.push(`Content-Type: multipart/mixed; boundary=b${n}`, '', `--b${n}`);
    return `${lines.join('\r\n')}\r\n\r\ndeep text\r\n`;
  };

  test('200 levels of MIME end in one undivided part', () => {
    const { parts } = readStructure(nested(200));
    expect(parts.length).toBeLessThan(100);
    expect(parts.at(-1)?.octets).toContain('deep text');
  });

  test('the number of parts is bounded', () => {
    const parts = '--b\r\n\r\nx\r\n'.repeat(5000);
    expect(readStructure(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}`).parts).toHaveLength(
      1000,
    );
  });

  test.each([
    ['elements inside each other', '<div>'.repeat(50_000)],
    ['paragraphs never closed', '<p><li><td>'.repeat(20_000)],
    ['empty elements', '<br>'.repeat(50_000)],
    ['open comments', '<!--'.repeat(100_000)],
    ['open scripts', '<script>'.repeat(50_000)],
    ['angle brackets', '<'.repeat(300_000)],
  ])('HTML of %s is read all the same', async (_, html) => {
    const answer = await readBody(`Content-Type: text/html\r\n\r\nword${html}`);
    expect(JSON.parse(answer).parts[0].text).toContain('word');
  });

  test('broken MIME is read as far as it goes', async () => {
    const run = await runScript('if body :contains "x" { discard; }', {
      message: 'Content-Type: multipart/mixed\n\n--x\nx\n',
    });
    expect(run.end).toBe('done');
  });
});

test('a body beyond the budget is not seen', async () => {
  const message = `Subject: x\n\nnear\n${`${'x'.repeat(70)}\n`.repeat(15_000)}far\n`;
  expect(await holds('body :raw :contains "near"', { message })).toBe(true);
  expect(await holds('body :raw :contains "far"', { message })).toBe(false);
  expect(await holds('body :text :contains "far"', { message })).toBe(false);
  const run = await runScript('if body :raw :contains "far" { discard; }', { message });
  expect(run.end === 'done' && run.effects).toEqual([{ effect: 'tag', name: 'body-cut', value: '1048576' }]);
});
