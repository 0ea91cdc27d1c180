// What the exit status of a qmail-queue program means (qmail.c: qmail_close()), the text it may leave on descriptor 6
// included. Permanent is only what the program calls permanent; death by a signal is a failure.

import type { ChildStatus } from '../sys/index.ts';
import type { Outcome } from './queue.ts';

/** Octets of the text on descriptor 6 that are looked at. */
export const OWN_TEXT_OCTETS = 255;

/** Exit code of a child that could not execute the queue program. */
export const NOT_EXECUTED = 120;

type Failure = Extract<Outcome, { kind: 'failed' }>;
type Row = readonly [text: string, detail: Failure['detail']];

const PERMANENT: ReadonlyMap<number, Row> = new Map<number, Row>([
  [11, ['envelope address too long for qq', '1.3']],
  [31, ['mail server permanently rejected message', '3.0']],
  [115, ['envelope address too long for qq', '1.3']],
]);

const FILES: Row = ['qq trouble creating files in queue', '3.0'];
const UNREAD: Row = ['qq read error', '3.0'];

const TEMPORARY: ReadonlyMap<number, Row> = new Map<number, Row>([
  [51, ['qq out of memory', '3.0']],
  [52, ['qq timeout', '3.0']],
  [53, ['qq write error or disk full', '3.0']],
  [54, UNREAD],
  [55, ['qq unable to read configuration', '3.0']],
  [56, ['qq trouble making network connection', '3.0']],
  [61, ['qq trouble in home directory', '3.0']],
  [62, FILES],
  [63, FILES],
  [64, FILES],
  [65, FILES],
  [66, FILES],
  [71, ['mail server temporarily rejected message', '3.0']],
  [72, ['connection to mail server timed out', '4.1']],
  [73, ['connection to mail server rejected', '4.1']],
  [74, ['communication with mail server failed', '4.2']],
  [81, ['qq internal bug', '3.0']],
  [91, ['qq internal bug', '3.0']],
  [NOT_EXECUTED, ['unable to exec qq', '3.0']],
]);

/**
 * @param ownText what the program wrote to descriptor 6, as octet string
 * @param allTaken whether it took the whole message and envelope; success without that is none
 */
export function outcomeOf(status: ChildStatus, ownText: string, allTaken: boolean): Outcome {
  if ('signal' in status) return failed(false, ['qq crashed', '3.0'], `killed by ${status.signal}`);
  const { code } = status;
  const why = `exit ${code}`;
  if (code === 0)
    return allTaken ? { kind: 'queued' } : failed(false, UNREAD, 'exit 0 without reading everything');
  // 82 is notqmail's, 88 the older patch's; the text starts with the letter of the class.
  if ((code === 82 || code === 88) && ownText.length > 2) {
    const [text = ''] = ownText.slice(1, OWN_TEXT_OCTETS).split('\0', 1);
    return { kind: 'answered', permanent: ownText[0] === 'D', text, why };
  }
  const permanent = PERMANENT.get(code);
  if (permanent) return failed(true, permanent, why);
  if (code >= 11 && code <= 40) return failed(true, ['qq permanent problem', '3.0'], why);
  return failed(false, TEMPORARY.get(code) ?? ['qq temporary problem', '3.0'], why);
}

/** The outcome for a program that was killed because it took too long. */
export const overdue = (seconds: number): Outcome =>
  failed(false, ['qq timeout', '3.0'], `ended after ${seconds} seconds`);

function failed(permanent: boolean, [text, detail]: Row, why: string): Outcome {
  return { kind: 'failed', permanent, text, detail, why };
}
