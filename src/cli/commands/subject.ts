// What `mvmtr check` looks at: one home directory, read the way a session of the profile reads it. A file
// that cannot be read is not among the texts, and is a finding instead, so no check speaks about the contents
// of such a file. Never throws.

import { readFileSync } from 'node:fs';
import {
  type ControlLine,
  type ControlRow,
  type ControlSyntax,
  controlsOf,
  lineOf,
  listOf,
} from '../../control/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { error, type Finding } from './findings.ts';

export type ProfileName = 'stock' | 'mvmtr';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Subject {
  readonly home: string;
  readonly profile: ProfileName;
  readonly syntax: ControlSyntax;
  readonly environment: Environment;
  /** Octet strings by file name; null when the file is missing, absent when it cannot be read. */
  readonly texts: ReadonlyMap<string, string | null>;
}

export interface SubjectRequest {
  readonly home: string;
  readonly profile: ProfileName;
  readonly environment: Environment;
}

/** The subject, and a finding for each file that cannot be read. */
export function readSubject(request: SubjectRequest): {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
} {
  const syntax = request.profile === 'stock' ? 'qmail' : 'extended';
  const texts = new Map<string, string | null>();
  const findings: Finding[] = [];
  for (const row of controlsOf(syntax)) {
    const file = row.kind === 'cdb' ? row.source : row.file;
    // Secrets are looked at where something is known about them.
    if (file === undefined || row.kind === 'pem' || row.kind === 'users') continue;
    const path = `${request.home}/control/${file}`;
    const read = readText(path);
    if (read.kind === 'text') texts.set(file, read.text);
    else findings.push(unreadable(path, read.reason, effectOf(row)));
  }
  return { subject: { ...request, syntax, texts }, findings };
}

export function pathOf(subject: Subject, file: string): string {
  return `${subject.home}/control/${file}`;
}

/** The first line of a control; null when the file is missing, cannot be read or has nothing but comments. */
export function lineIn(subject: Subject, file: string): ControlLine | null {
  const text = subject.texts.get(file);
  return text == null ? null : lineOf(text, subject.syntax);
}

/** The entries of a list; null when the file is missing or cannot be read. */
export function listIn(subject: Subject, file: string): readonly ControlLine[] | null {
  const text = subject.texts.get(file);
  return text == null ? null : listOf(text, subject.syntax);
}

/** Whether the file is certainly not there. */
export function isMissing(subject: Subject, file: string): boolean {
  return subject.texts.get(file) === null;
}

type Read =
  | { readonly kind: 'text'; readonly text: string | null }
  | { readonly kind: 'unreadable'; readonly reason: string };

export function readText(path: string): Read {
  try {
    return { kind: 'text', text: readFileSync(path, 'latin1') };
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    return missing ? { kind: 'text', text: null } : { kind: 'unreadable', reason: fileReason(cause) };
  }
}

function effectOf({ kind, later }: ControlRow): string {
  if (kind === 'cdb') return 'morercpthosts.cdb cannot be built from it';
  return later ? 'STARTTLS is answered 454' : 'every session is answered 421';
}

function unreadable(path: string, reason: string, effect: string): Finding {
  return error(
    { file: path },
    `cannot be read (${reason}), so ${effect}`,
    'make it a readable file, or remove it',
  );
}
