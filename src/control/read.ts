// Reads the control directory into one typed snapshot: one open and read per file, no look before. A file
// that does not exist is null; a file that exists and cannot be read is a ControlFault, because going on as
// if it were missing would accept what its owner wanted refused. What is inside a file is never a fault.
// Synchronous: the files are small and a session cannot say anything before they are read. Follows qmail's
// control.c and rcpthosts.c.

import { lstatSync, readFileSync, statSync } from 'node:fs';
import { openCdb } from './cdb.ts';
import type { ControlFault, ControlSyntax, Controls } from './controls.ts';
import { type ControlText, textFilesOf } from './files.ts';
import { lineOf, listOf, octetsOf, secondsOf } from './syntax.ts';

type Texts = { [file in ControlText]?: string | null };

/** Controls in `${home}/control`, or the first file that cannot be read. The caller closes `morercpthosts`. */
export function readControls(home: string, syntax: ControlSyntax): Controls | ControlFault {
  const texts: Texts = {};
  for (const file of textFilesOf(syntax)) {
    const text = unlessMissing(`${home}/control/${file}`, (path) => readFileSync(path, 'latin1'));
    if (isFault(text)) return text;
    texts[file] = text;
  }
  // A home that is not there would look like one without any control.
  const homeFault = texts.me === null ? faultOfHome(home) : null;
  if (homeFault) return homeFault;
  // Last, so that no fault leaves it open.
  const more = texts.rcpthosts === null ? null : unlessMissing(`${home}/control/morercpthosts.cdb`, openCdb);
  if (isFault(more)) return more;
  const has = {
    'servercert.pem': isThere(`${home}/control/servercert.pem`),
    smtpusers: isThere(`${home}/control/smtpusers`),
  };
  return controlsFrom(texts, { morercpthosts: more, has }, syntax);
}

/** What a host without any control file has. */
export const NO_CONTROLS: Controls = controlsFrom(
  {},
  { morercpthosts: null, has: { 'servercert.pem': false, smtpusers: false } },
  'extended',
);

export function isFault(result: object | string | null): result is ControlFault {
  return result !== null && typeof result === 'object' && 'fault' in result;
}

function controlsFrom(
  texts: Texts,
  others: Pick<Controls, 'morercpthosts' | 'has'>,
  syntax: ControlSyntax,
): Controls {
  const line = (text: string | null | undefined): string | null =>
    text == null ? null : (lineOf(text, syntax)?.text ?? null);
  const list = (text: string | null | undefined): readonly string[] | null =>
    text == null ? null : listOf(text, syntax).map((entry) => entry.text);
  const seconds = (text: string | null | undefined): number | null => secondsOf(line(text) ?? '');
  const greeting = line(texts.smtpgreeting);
  return {
    me: line(texts.me),
    smtpgreeting: syntax === 'extended' ? list(texts.smtpgreeting) : greeting === null ? null : [greeting],
    localiphost: line(texts.localiphost),
    timeoutsmtpd: seconds(texts.timeoutsmtpd),
    timeouthelo: seconds(texts.timeouthelo),
    timeoutcommand: seconds(texts.timeoutcommand),
    timeoutdata: seconds(texts.timeoutdata),
    rcpthosts: list(texts.rcpthosts),
    badmailfrom: list(texts.badmailfrom),
    databytes: octetsOf(line(texts.databytes) ?? ''),
    smtpauth: line(texts.smtpauth),
    ...others,
  };
}

/** A link that leads nowhere is there, and so is a file that we may not look at: its owner wanted it to count. */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function faultOfHome(home: string): ControlFault | null {
  try {
    statSync(home);
    return null;
  } catch (error) {
    return faultFrom(home, error);
  }
}

function unlessMissing<T>(path: string, open: (path: string) => T): T | null | ControlFault {
  try {
    return open(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : faultFrom(path, error);
  }
}

function faultFrom(file: string, error: unknown): ControlFault {
  return { fault: 'control', file, reason: (error as NodeJS.ErrnoException).code ?? String(error) };
}
