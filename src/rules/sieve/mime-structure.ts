// The parts of a MIME message (RFC 2045, RFC 2046 §5.1), depth first, each with its header fields and decoded content. Content of a
// multipart is what stands before its first and behind its last part; that of an enclosed message is its header, and its body is a
// part of its own (RFC 5173 §5.2). Text is brought to UTF-8 where its charset is known. Bounded in depth, number of parts and
// octets looked at: what lies beyond is one undivided part. Pure; broken structure is read as far as it goes.

import { lowerAscii } from '../../text/index.ts';
import type { HeaderField } from '../runtime.ts';
import { fromCharset } from './encoded-words.ts';
import { trimBlanks } from './fields.ts';
import { parseMimeValue } from './mime-value.ts';
import { toOctetString } from './text.ts';

export interface Part {
  /** "text/plain", in lower case. */
  readonly type: string;
  readonly fields: readonly HeaderField[];
  /** Decoded; UTF-8 for text. Octet string. */
  readonly octets: string;
  /** Index of the part this one is in; -1 for the message itself. */
  readonly parent: number;
}

const DEEPEST = 64;
const MOST_PARTS = 1000;
/** How often the octets of a message may be looked at, over all levels. */
const PASSES = 16;

/** Header fields of a block of lines; a line that is neither a field nor a continuation is left out. */
export function readFields(block: string): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  let name = '';
  let lines: string[] = [];
  const close = (): void => {
    if (name !== '') fields.push({ name, body: lines.join('\r\n') });
    name = '';
  };
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      lines.push(line);
      continue;
    }
    close();
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    name = line.slice(0, colon).trimEnd();
    lines = [line.slice(colon + 1)];
  }
  close();
  return fields;
}

/** Where the header ends and where the body starts. */
export function headerEnd(text: string): readonly [number, number] {
  if (text.startsWith('\r\n')) return [0, 2];
  if (text.startsWith('\n')) return [0, 1];
  const crlf = text.indexOf('\r\n\r\n');
  const lf = text.indexOf('\n\n');
  if (crlf !== -1 && (lf === -1 || crlf < lf)) return [crlf + 2, crlf + 4];
  return lf === -1 ? [text.length, text.length] : [lf + 1, lf + 2];
}

function fieldBody(fields: readonly HeaderField[], name: string): string {
  return fields.find((field) => lowerAscii(field.name) === name)?.body ?? '';
}

function fromQuotedPrintable(text: string): string {
  // White space at the end of a line was added on the way (RFC 2045 §6.7, rule 3).
  const lines = text.split(/\r?\n/).map((line) => trimBlanks(`.${line}`).slice(1));
  return lines
    .join('\r\n')
    .replace(/=(?:([0-9A-Fa-f]{2})|\r?\n|$)/g, (_, hex: string | undefined) =>
      hex === undefined ? '' : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function fromBase64(text: string): string {
  const digits = text.replace(/[^A-Za-z0-9+/]+/g, '');
  return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
}

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return fromBase64(body);
  return encoding === 'quoted-printable' ? fromQuotedPrintable(body) : body;
}

function leafContent(type: string, charset: string, fields: readonly HeaderField[], body: string): string {
  const encoding = lowerAscii(fieldBody(fields, 'content-transfer-encoding').trim());
  const octets = decoded(body, encoding);
  if (!type.startsWith('text/') || charset === '') return octets;
  const text = fromCharset(octets, charset);
  return text === null ? octets : toOctetString(text);
}

interface Divided {
  /** Before the first delimiter and behind the last. */
  readonly around: string;
  readonly parts: readonly string[];
}

/** A multipart body cut at its delimiter lines; the line end before a delimiter belongs to it. */
function divide(body: string, boundary: string): Divided {
  const delimiter = `--${boundary}`;
  const parts: string[] = [];
  let around = '';
  let from = 0;
  let started = false;
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body.charAt(at - 1) !== '\n') continue;
    const newline = body.indexOf('\n', at);
    const lineEnd = newline === -1 ? body.length : newline;
    const rest = body.slice(at + delimiter.length, lineEnd).trimEnd();
    if (rest !== '' && rest !== '--') continue;
    const end = at >= 2 && body.charAt(at - 2) === '\r' ? at - 2 : Math.max(at - 1, from);
    const piece = body.slice(from, Math.max(end, from));
    if (started) parts.push(piece);
    else around = piece;
    started = true;
    from = Math.min(lineEnd + 1, body.length);
    if (rest === '--') return { around: around + body.slice(from), parts };
    if (parts.length >= MOST_PARTS) break;
  }
  if (started) parts.push(body.slice(from));
  return { around: started ? around : body, parts };
}

interface Walk {
  readonly parts: Part[];
  /** Octets that may still be looked at. */
  left: number;
}

interface Entity {
  readonly text: string;
  readonly parent: number;
  readonly depth: number;
  /** Type of a part that has none: message/rfc822 inside multipart/digest (RFC 2046 §5.1.5). */
  readonly otherwise: string;
}

function walk(state: Walk, { text, parent, depth, otherwise }: Entity): void {
  if (state.parts.length >= MOST_PARTS) return;
  const [end, start] = headerEnd(text);
  const fields = readFields(text.slice(0, end));
  const body = text.slice(start);
  const written = fieldBody(fields, 'content-type');
  const { value, parameters } = parseMimeValue(written);
  const type = /^[^\s/]+\/[^\s/]+$/.test(value) ? value : otherwise;
  const deeper = depth < DEEPEST && state.left > 0;
  state.left -= text.length;
  const own = state.parts.length;
  const boundary = parameters.get('boundary') ?? '';
  if (deeper && type.startsWith('multipart/') && boundary !== '') {
    const divided = divide(body, boundary);
    state.parts.push({ type, fields, octets: divided.around, parent });
    const child = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    for (const piece of divided.parts) {
      walk(state, { text: piece, parent: own, depth: depth + 1, otherwise: child });
    }
  } else if (deeper && type === 'message/rfc822') {
    const [nestedEnd] = headerEnd(body);
    state.parts.push({ type, fields, octets: body.slice(0, nestedEnd), parent });
    walk(state, { text: body, parent: own, depth: depth + 1, otherwise: 'text/plain' });
  } else {
    const charset = parameters.get('charset') ?? '';
    state.parts.push({ type, fields, octets: leafContent(type, charset, fields, body), parent });
  }
}

export interface Structure {
  /** The body as it stands in the message. */
  readonly raw: string;
  readonly parts: readonly Part[];
}

/** @param message octet string of the whole message, header and all */
export function readStructure(message: string): Structure {
  const state: Walk = { parts: [], left: message.length * PASSES };
  walk(state, { text: message, parent: -1, depth: 0, otherwise: 'text/plain' });
  const [, start] = headerEnd(message);
  return { raw: message.slice(start), parts: state.parts };
}
