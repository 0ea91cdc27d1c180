import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddressList } from './address.ts';
import { parseDate } from './dates.ts';
import { decodeWords } from './encoded-words.ts';
import { readBody } from './mime.ts';
import { readStructure } from './mime-structure.ts';
import { parseMimeValue } from './mime-value.ts';
import { inputFor, programFor, runScript } from './script.fixture.ts';

/** Text made of what the parsers look for, so that it gets past their first step. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '\r\n',
          '\n',
          ' ',
          '\t',
          '"',
          '\\',
          '(',
          ')',
          '<',
          '>',
          '@',
          ',',
          ':',
          ';',
          '=',
          '?',
          '--b',
          '[',
          ']',
          '.',
          '%',
        ],
        ...[
          '=?utf-8?Q?',
          '=?x?B?',
          '?=',
          'Content-Type: multipart/mixed; boundary=b\r\n',
          'message/rfc822',
          "*0*=utf-8''",
        ],
        ...['From: ', 'Date: ', 'Mon, 1 Jan 2024 ', '10:00:00 +0000', '\xff', '\xc3\xa4', '\0', 'a', '0'],
      ),
      fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(''));

const octetsOnly = (text: string): boolean => !/[^\x00-\xff]/.test(text);

test('no octets make the readers of header fields throw', () => {
  fc.assert(
    fc.property(hostile, (octets) => {
      decodeWords(octets);
      parseDate(octets);
      parseMimeValue(octets);
      for (const { text, parts } of parseAddressList(octets))
        expect(text !== '' || parts !== null).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('any message has a structure, of octets, whose parts lie inside each other in order', () => {
  fc.assert(
    fc.property(hostile, (octets) => {
      const { parts } = readStructure(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${octets}`);
      expect(parts.length).toBeGreaterThan(0);
      for (const [index, part] of parts.entries()) {
        expect(part.parent).toBeLessThan(index);
        expect(octetsOnly(part.octets)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

const SCRIPT = `
  if header :matches ["from", "subject"] ["*a*", "?"] { set "a" "\${1}"; }
  if address :domain :contains "from" "a" { keep; }
  if date :originalzone :value "ge" "date" "iso8601" "2" { addflag "\${a}"; }
  if body :raw :contains "a" { addheader "X" "\${a}"; }
  foreverypart { if header :mime :anychild :contenttype :is "content-type" "text/plain" { extracttext "t"; } }
  if header :regex "x" "a(b|c)*" { deleteheader "x"; }
  if hasflag :contains "a" { fileinto :copy "f\${t}"; }`;

test('a run over any message ends, or fails with a fault, and does both the same way twice', async () => {
  const program = programFor(SCRIPT);
  await fc.assert(
    fc.asyncProperty(hostile, async (message) => {
      const input = await inputFor({ message });
      expect(typeof (await readBody(message))).toBe('string');
      const run = await runScript(SCRIPT, { message });
      const { runMain } = await import('../interpreter/index.ts');
      expect(['done', 'failed']).toContain(run.end);
      expect(runMain(program, input)).toEqual(run);
    }),
    { numRuns: 300 },
  );
});
