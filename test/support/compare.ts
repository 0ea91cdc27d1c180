// Compares what a player saw with what a scenario expects, octet for octet, and says the first few differences in
// words. Time, process id and date are replaced by <time>, <pid> and <date>, but only where they are well formed
// and within a minute (virtual time) or ten minutes (real time) of the clock the session had.

import type { Queued, Seen } from './scenario.ts';

export interface Expected {
  readonly output: string;
  readonly exit: number | string;
  readonly queued: readonly Queued[];
  /** The text of 214 and the URL in "451 See" may be anything. */
  readonly freeWording: boolean;
}

/** Whether a moment, in seconds since 1970, is near enough to the session's clock. */
export type IsNear = (seconds: number) => boolean;

export const nearRealTime: IsNear = (seconds) => Math.abs(Date.now() / 1000 - seconds) < 600;

export function nearVirtualTime(milliseconds: number): IsNear {
  return (seconds) => Math.abs(milliseconds / 1000 - seconds) < 60;
}

const MOST_SHOWN = 200;

/** One line per difference; empty when everything is as expected. */
export function differences(expected: Expected, seen: Seen, isNear: IsNear): readonly string[] {
  const wording = expected.freeWording ? loosenWording : (text: string): string => text;
  const found = [
    ...seen.problems,
    firstDifference('output', wording(expected.output), wording(normaliseOutput(seen.output, isNear)), '\n'),
    expected.exit === seen.exit ? null : `exit: expected ${expected.exit}, saw ${seen.exit}`,
    expected.queued.length === seen.queued.length
      ? null
      : `messages queued: expected ${expected.queued.length}, saw ${seen.queued.length}`,
    ...expected.queued.flatMap((queued, index) => {
      const other = seen.queued[index];
      return other === undefined ? [] : messageDifferences(`message ${index + 1}`, queued, other, isNear);
    }),
  ];
  return found.filter((difference) => difference !== null);
}

function messageDifferences(name: string, expected: Queued, seen: Queued, isNear: IsNear): (string | null)[] {
  return [
    firstDifference(`envelope of ${name}`, expected.envelope, seen.envelope, '\0'),
    firstDifference(`content of ${name}`, expected.message, normaliseMessage(seen.message, isNear), '\n'),
    seen.env === undefined
      ? null
      : firstDifference(`environment of ${name}`, expected.env ?? '', seen.env, '\n'),
  ];
}

/** `250 ok 1700000000 qp 123` → `250 ok <time> qp <pid>`, with an enhanced status code too. */
export function normaliseOutput(output: string, isNear: IsNear): string {
  return output.replace(
    /^(250 (?:2\.[0-9]+\.[0-9]+ )?ok )([0-9]+) qp [1-9][0-9]*(?=\r\n)/gm,
    (line, start: string, time: string) => (isNear(Number(time)) ? `${start}<time> qp <pid>` : line),
  );
}

/** The date at the end of the trace field at the top → `<date>`. */
export function normaliseMessage(message: string, isNear: IsNear): string {
  return message.replace(
    /^(Received: from [^\n]*\n {2}by [^\n]*; )([1-9][0-9]? [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} -0000)\n/,
    (trace, start: string, date: string) => (isNear(Date.parse(date) / 1000) ? `${start}<date>\n` : trace),
  );
}

function loosenWording(output: string): string {
  return output
    .replace(/^451 See [^\r\n ]+\r\n/gm, '451 See <url>\r\n')
    .replace(/^214 [^\r\n]+\r\n/gm, '214 <help>\r\n');
}

function firstDifference(what: string, expected: string, seen: string, separator: string): string | null {
  if (expected === seen) return null;
  const wanted = expected.split(separator);
  const got = seen.split(separator);
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const index = at < 0 ? wanted.length : at;
  return `${what}, line ${index + 1}: expected ${shown(wanted[index])}, saw ${shown(got[index])}`;
}

function shown(line: string | undefined): string {
  if (line === undefined) return 'nothing more';
  const text = JSON.stringify(line);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}... (${line.length} octets)` : text;
}
