// What `mvmtr check` has to say, as data, and how one piece of it is written: a line an editor can jump
// to. Text from the files goes through quoted(), so a finding is always one line of printable text.
// Pure.

import { forLog } from '../../text/index.ts';

export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  readonly severity: Severity;
  /** Path, or what else it is about. */
  readonly file: string;
  /** From 1; null when it is about the file as a whole. */
  readonly line: number | null;
  readonly what: string;
  readonly todo: string;
}

/** Where a finding is about. */
export interface Place {
  readonly file: string;
  readonly line?: number;
}

export const error = (place: Place, what: string, todo: string): Finding =>
  finding('error', place, what, todo);
export const warning = (place: Place, what: string, todo: string): Finding =>
  finding('warning', place, what, todo);
export const note = (place: Place, what: string, todo: string): Finding => finding('note', place, what, todo);

function finding(severity: Severity, place: Place, what: string, todo: string): Finding {
  return { severity, file: place.file, line: place.line ?? null, what, todo };
}

/** An octet string from a file, in quotes. */
export function quoted(octets: string): string {
  const shown = forLog(octets);
  return shown.startsWith('"') ? shown : `"${shown}"`;
}

export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((each) => each.severity === severity).length;
}

/** "file:line: error: what is wrong; what to do". */
export function findingLine({ severity, file, line, what, todo }: Finding): string {
  const place = file.replace(/[\x00-\x1f\x7f]/g, '?');
  return `${line === null ? place : `${place}:${line}`}: ${severity}: ${what}; ${todo}`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
