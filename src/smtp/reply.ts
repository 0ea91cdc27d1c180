// A reply (RFC 5321 §4.2) as a value, and its two renderings. The enhanced code (RFC 3463) is kept without its class
// digit: the class is the first digit of the reply code, so the two cannot disagree.

export interface Reply {
  readonly code: number;
  /** RFC 3463 subject.detail. */
  readonly enhanced?: `${number}.${number}`;
  /** One or more lines, octet strings that go out as they are: whoever puts foreign text here has cleaned it. */
  readonly text: readonly [string, ...string[]];
  /** Say it, then hang up. */
  readonly close?: true;
}

/**
 * 'qmail': the enhanced code stands in brackets behind the text of refusals, as in "553 sorry (#5.7.1)".
 * 'rfc': it stands in front, on every line that has one (RFC 2034 §4).
 */
export type ReplyDialect = 'qmail' | 'rfc';

/** Longest reply line in octets, CRLF included (RFC 5321 §4.5.3.1.5); the 'rfc' rendering cuts there. */
export const REPLY_LINE_OCTETS = 512;

/** The enhanced status code with its class, "5.7.1"; '' when the reply has none. */
export function statusOf({ code, enhanced }: Reply): string {
  return enhanced === undefined ? '' : `${Math.trunc(code / 100)}.${enhanced}`;
}

/** The reply as it goes on the wire, CRLF included. */
export function renderReply(reply: Reply, dialect: ReplyDialect): string {
  const { code, text } = reply;
  const status = statusOf(reply);
  if (dialect === 'qmail') {
    const suffix = status !== '' && code >= 400 ? ` (#${status})` : '';
    return lines(code, text, (line) => line + suffix);
  }
  const prefix = status === '' ? '' : `${status} `;
  return lines(code, text, (line) => (prefix + line).slice(0, REPLY_LINE_OCTETS - 6));
}

function lines(code: number, text: readonly string[], finish: (line: string) => string): string {
  if (text.length === 1) return `${code} ${finish(text[0] as string)}\r\n`;
  const last = text.length - 1;
  return text.map((line, index) => `${code}${index < last ? '-' : ' '}${finish(line)}\r\n`).join('');
}
