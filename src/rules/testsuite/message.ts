// A message of a test: octets with CRLF line ends, split into header fields and body (RFC 5322 §2.1) and
// put together again with another header. Lines of the header that are no field are left out of the fields,
// as a reader of mail does; the octets of an unedited message stay exactly as they were given. Never fails.

import type { HeaderField, MessageView } from '../runtime.ts';
import { headerEnd, readFields } from '../sieve/mime-structure.ts';

export interface TestMessage {
  readonly octets: string;
  /** Behind the empty line; '' when there is none. */
  readonly body: string;
  /** The fields as they were given, whatever scripts have made of them since. */
  readonly original: readonly HeaderField[];
  /** What rules see. A new object for every message, so that edits of one are not seen in the next. */
  readonly view: MessageView;
}

/** The message there is before a test has set one. */
export const DEFAULT_MESSAGE =
  'From: sender@example.com\r\nTo: recipient@example.org\r\nSubject: Test message\r\n\r\nHello.\r\n';

/** @param text octet string; line ends are made CRLF */
export function testMessage(text: string): TestMessage {
  const octets = text.replace(/\r?\n/g, '\r\n');
  const [end, start] = headerEnd(octets);
  const original = readFields(octets.slice(0, end));
  return { octets, body: octets.slice(start), original, view: { fields: original, size: octets.length } };
}

/** The same message with this header, or with its own again: a new identity, to which no earlier edit applies. */
export function withHeader(message: TestMessage, fields = message.original): TestMessage {
  return { ...message, view: { ...message.view, fields } };
}

/** Octets of a message with this header and this body. */
export function withFields(fields: readonly HeaderField[], body: string): string {
  return `${fields.map(({ name, body: text }) => `${name}:${text}\r\n`).join('')}\r\n${body}`;
}

/** The first field of that name, unfolded and trimmed; null when there is none. */
export function firstField(fields: readonly HeaderField[], name: string): string | null {
  const wanted = name.toLowerCase();
  const found = fields.find((field) => field.name.toLowerCase() === wanted);
  return found === undefined ? null : found.body.replace(/\r?\n(?=[ \t])/g, '').trim();
}
