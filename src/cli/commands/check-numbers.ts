// Findings about controls that hold a number: the timeouts and databytes. A session never refuses such a
// file, it goes on with the default or with a part of the number; that is why somebody has to be told. Says
// nothing about a file that cannot be read.

import { type ControlRow, controlsOf } from '../../control/index.ts';
import { scanUnsignedLong } from '../../text/index.ts';
import { error, type Finding, type Place, quoted, warning } from './findings.ts';
import { lineIn, pathOf, type Subject } from './subject.ts';

/** A client behind a slow line or a greylist needs longer than this for one command. */
const SHORT_SECONDS = 10;
/** Six times stock's default: a client that is silent for longer is gone. */
const LONG_SECONDS = 7200;
/** The header of a message alone is larger than this. */
const TINY_OCTETS = 1000;

/** What the types hold that these numbers are kept in; anything above wraps around. */
const MOST = { seconds: 0x7fffffffn, octets: 0xffffffffn } as const;

type NumberKind = keyof typeof MOST;

export function checkNumbers(subject: Subject): readonly Finding[] {
  return controlsOf(subject.syntax).flatMap((row) =>
    row.kind === 'seconds' || row.kind === 'octets' ? checkNumber(subject, row, row.kind) : [],
  );
}

function checkNumber(subject: Subject, row: ControlRow, kind: NumberKind): readonly Finding[] {
  const entry = lineIn(subject, row.file);
  if (entry === null) return [];
  const place = { file: pathOf(subject, row.file), line: entry.line };
  const { digits } = scanUnsignedLong(entry.text);
  if (digits === 0) {
    const what = `${quoted(entry.text)} does not start with a digit, so the default holds (${row.missing[subject.profile]})`;
    return [error(place, what, `write a number of ${kind}, or remove the file`)];
  }
  const value = BigInt(entry.text.slice(0, digits));
  const findings = [...rangeFindings(place, value, kind)];
  if (digits < entry.text.length) {
    const what = `${quoted(entry.text.slice(digits))} after the number is ignored`;
    findings.push(warning(place, what, `write a plain number of ${kind}`));
  }
  return findings;
}

function rangeFindings(place: Place, value: bigint, kind: NumberKind): readonly Finding[] {
  if (value > MOST[kind]) {
    return [
      error(place, `${value} is too large and wraps around to another number`, `at most ${MOST[kind]}`),
    ];
  }
  return kind === 'seconds' ? secondsFindings(place, value) : octetsFindings(place, value);
}

function secondsFindings(place: Place, value: bigint): readonly Finding[] {
  if (value === 0n)
    return [error(place, 'a timeout of 0 counts as 1 second', 'write at least 300 (RFC 5321 §4.5.3.2)')];
  if (value < SHORT_SECONDS) {
    const what = `${value} s is too short for clients on slow lines`;
    return [warning(place, what, 'write at least 300 (RFC 5321 §4.5.3.2)')];
  }
  if (value <= LONG_SECONDS) return [];
  return [warning(place, `silent clients are kept for ${value} s`, `write at most ${LONG_SECONDS}`)];
}

function octetsFindings(place: Place, value: bigint): readonly Finding[] {
  if (value === 0n || value >= TINY_OCTETS) return [];
  const what = `hardly any message fits into ${value} octets`;
  return [error(place, what, 'the number is in octets; 0 means no limit')];
}
