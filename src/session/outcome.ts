// What the queue made of a message it did not take → the reply after DATA. In qmail's dialect the queue program's own text goes out as it
// is; in ours it becomes clean reply lines, with its status code in front if it has one that fits.

import type { Outcome } from '../queue/index.ts';
import type { Reply, ReplyDialect } from '../smtp/index.ts';
import { forReply } from '../text/index.ts';
import type { Spoken } from './state.ts';

/** Lines of a queue program's own text that a client gets to see. */
const OWN_TEXT_LINES = 8;

export function outcomeAnswer(outcome: Exclude<Outcome, { kind: 'queued' }>, dialect: ReplyDialect): Spoken {
  const code = outcome.permanent ? 554 : 451;
  const log = { rule: 'queue', why: outcome.why };
  if (outcome.kind === 'failed') {
    return { reply: { code, enhanced: outcome.detail, text: [outcome.text] }, ...log };
  }
  return {
    reply: dialect === 'qmail' ? { code, text: [outcome.text] } : cleanReply(code, outcome.text),
    ...log,
  };
}

function cleanReply(code: number, text: string): Reply {
  const status = new RegExp(
    `^${Math.trunc(code / 100)}\\.([0-9]{1,3})\\.([0-9]{1,3}) |\\(#${Math.trunc(code / 100)}\\.([0-9]{1,3})\\.([0-9]{1,3})\\)\\s*$`,
  );
  const found = status.exec(text);
  const enhanced = found
    ? ([found[1] ?? found[3], found[2] ?? found[4]].join('.') as `${number}.${number}`)
    : '3.0';
  const lines = text
    .replace(status, '')
    .split(/[\r\n]+/)
    .map((line) => forReply(line).trim())
    .filter((line) => line !== '')
    .slice(0, OWN_TEXT_LINES);
  const [first = 'The queue program refused the message', ...rest] = lines;
  return { code, enhanced, text: [first, ...rest] };
}
