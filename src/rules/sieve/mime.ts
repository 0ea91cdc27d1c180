// The door to MIME: a complete message made into the answer of the `body` lookup, once per message, before the run that asked goes
// on. Structure and contents are ours (mime-structure.ts); HTML parts get their plain text from mailparser, the only package here
// and loaded only when a message has HTML. HTML it cannot read, or more than a bound of it, is stripped of its tags.

import { lowerAscii } from '../../text/index.ts';
import type { Body, BodyPart } from './body.ts';
import { writeBody } from './body.ts';
import { type Part, readStructure } from './mime-structure.ts';
import { toOctetString, toUnicode } from './text.ts';

/** Octets of HTML given to the library, of all parts together. */
const HTML_OCTETS = 262_144;
/** Elements open at the same time; deeper HTML would exhaust the stack of a recursive reader. */
const HTML_DEPTH = 256;

type SimpleParser = typeof import('mailparser')['simpleParser'];

let parser: Promise<SimpleParser> | null = null;

function load(): Promise<SimpleParser> {
  parser ??= import('mailparser').then(({ simpleParser }) => simpleParser);
  return parser;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** Where the markup that starts at `at` ends: a comment, a script or style with all that is in it, or one tag. */
function markupEnd(lower: string, at: number): number {
  const [, hidden] = /^<(script|style)[\s>]/.exec(lower.slice(at, at + 8)) ?? [];
  const close = lower.startsWith('<!--', at) ? '-->' : hidden === undefined ? '>' : `</${hidden}`;
  const end = lower.indexOf(close, at);
  if (end === -1) return lower.length;
  return hidden === undefined ? end + close.length : markupEnd(lower, end);
}

/** Tags, comments, scripts and styles out, the commonest entities in; one pass. */
function withoutTags(html: string): string {
  const lower = lowerAscii(html);
  const pieces: string[] = [];
  let from = 0;
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', from)) {
    pieces.push(html.slice(from, at));
    from = markupEnd(lower, at);
  }
  pieces.push(html.slice(from));
  return pieces.join(' ').replace(/&(amp|lt|gt|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ');
}

/** Elements that hold nothing, and those another of their kind closes: they do not nest by themselves. */
const FLAT =
  /^<\/?(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr|p|li|dt|dd|td|th|tr|option)[\s/>]/i;

/** A bound on how deep elements can nest: start tags without their end. */
function isShallow(html: string): boolean {
  let depth = 0;
  for (const [tag] of html.matchAll(/<\/?[a-z][^<>]*>/gi)) {
    if (FLAT.test(tag) || tag.endsWith('/>')) continue;
    depth = tag.startsWith('</') ? Math.max(depth - 1, 0) : depth + 1;
    if (depth > HTML_DEPTH) return false;
  }
  return true;
}

async function textOfHtml(octets: string, most: number): Promise<string> {
  const html = toUnicode(octets);
  if (octets.length > most || !isShallow(html)) return toOctetString(withoutTags(html));
  const head = 'Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n';
  try {
    const simpleParser = await load();
    const { text } = await simpleParser(`${head}${btoa(octets)}\r\n`, {
      skipTextToHtml: true,
      skipImageLinks: true,
    });
    return toOctetString(text ?? '');
  } catch {
    return toOctetString(withoutTags(html));
  }
}

/** @param message octet string of the whole message; @returns the answer to the `body` lookup */
export async function readBody(message: string): Promise<string> {
  const { raw, parts } = readStructure(message);
  let left = HTML_OCTETS;
  const read: BodyPart[] = [];
  for (const part of parts) {
    read.push(part.type === 'text/html' ? await withText(part, left) : part);
    if (part.type === 'text/html') left -= part.octets.length;
  }
  const body: Body = { raw, parts: read };
  return writeBody(body);
}

async function withText(part: Part, most: number): Promise<BodyPart> {
  return { ...part, text: await textOfHtml(part.octets, most) };
}
