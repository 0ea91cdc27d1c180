// The two ways to read the text of a control file, pure. 'qmail' follows qmail's control.c: only space, tab
// and LF end a line's text, comments exist in lists only, and NUL separates entries. 'extended' also has
// comments, blank lines, a leading backslash that makes a line literal, and a trailing one that joins the
// next line to it; there a carriage return at the end of a line is white space too. Text and results are
// octet strings; nothing fails.

import { scanUnsignedLong } from '../text/index.ts';
import type { ControlSyntax } from './controls.ts';

/** One entry, and the line of the file it starts on (from 1). */
export interface ControlLine {
  readonly line: number;
  readonly text: string;
}

/** The entries of a list. An entry may be empty: after a NUL ('qmail'), or written as a backslash ('extended'). */
export function listOf(text: string, syntax: ControlSyntax): readonly ControlLine[] {
  return syntax === 'qmail' ? qmailList(text) : extendedLines(text);
}

/** What a one-line control is made of. null: nothing but comments ('extended'); never null in 'qmail'. */
export function lineOf(text: string, syntax: ControlSyntax): ControlLine | null {
  if (syntax === 'extended') return extendedLines(text)[0] ?? null;
  const end = text.indexOf('\n');
  return { line: 1, text: withoutTrailing(end === -1 ? text : text.slice(0, end), ' \t') };
}

/** Leading decimal digits as a C int that counts seconds: wraps at 32 bits, and at least 1. null without digits. */
export function secondsOf(text: string): number | null {
  const { value, digits } = scanUnsignedLong(text);
  return digits === 0 ? null : Math.max(1, Number(BigInt.asIntN(32, value)));
}

/** Leading decimal digits as a C unsigned int that is a limit; null without digits. */
export function octetsOf(text: string): number | null {
  const { value, digits } = scanUnsignedLong(text);
  // The largest number is taken back by one, because a counter at the limit plus one must still fit.
  return digits === 0 ? null : Math.min(Number(BigInt.asUintN(32, value)), 0xfffffffe);
}

/** The environment variable DATABYTES: when it is set, it replaces the control file, and garbage means no limit. */
export function parseDatabytes(text: string): number {
  return octetsOf(text) ?? 0;
}

function qmailList(text: string): readonly ControlLine[] {
  const entries: ControlLine[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const whole = withoutTrailing(raw, ' \t');
    if (whole === '' || whole[0] === '#' || whole[0] === '\0') continue;
    for (const entry of whole.split('\0')) entries.push({ line: index + 1, text: entry });
  }
  return entries;
}

function extendedLines(text: string): readonly ControlLine[] {
  const lines: ControlLine[] = [];
  let open: ControlLine | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const whole = withoutTrailing(raw, ' \t\r');
    if (whole === '' || whole[0] === '#') continue;
    const literal = whole[0] === '\\' ? whole.slice(1) : whole;
    const continues = literal.endsWith('\\');
    const part = continues ? literal.slice(0, -1) : literal;
    const joined: ControlLine = open
      ? { line: open.line, text: open.text + part }
      : { line: index + 1, text: part };
    if (!continues) lines.push(joined);
    open = continues ? joined : null;
  }
  // Nothing follows the last backslash: the line stands as it is.
  return open ? [...lines, open] : lines;
}

function withoutTrailing(text: string, octets: string): string {
  let end = text.length;
  while (end > 0 && octets.includes(text[end - 1] as string)) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
