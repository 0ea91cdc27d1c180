// The client's side of a simulated session: what it says goes in at once, and what the session answers is
// complete as soon as the session waits for more, which is how a step knows that it is over. Octet strings.
// Nothing here waits for time to pass.

import type { Channel } from '../../session/index.ts';
import { toOctets } from '../../text/index.ts';

export interface Conversation {
  readonly channel: Channel;
  /** Says it, and resolves when the session waits for more or is over. */
  say(octets: string): Promise<void>;
  /** The client is gone. */
  hangUp(): void;
  /** The session is over. */
  over(): void;
  /** Resolves when the session waits for more or is over. */
  quiet(): Promise<void>;
  /** Lines of the last reply. */
  reply(): readonly string[];
  /** Replies so far are not looked at any more. */
  forget(): void;
}

export function conversation(): Conversation {
  let said = '';
  let answered = '';
  let gone = false;
  let finished = false;
  let reading: ((octets: Uint8Array | 'end') => void) | null = null;
  let waiters: (() => void)[] = [];

  const settle = (): void => {
    const all = waiters;
    waiters = [];
    for (const done of all) done();
  };
  const deliver = (): void => {
    if (reading === null || (said === '' && !gone)) return;
    const take = reading;
    reading = null;
    const octets = said;
    said = '';
    take(octets === '' ? 'end' : toOctets(octets));
  };
  const quiet = (): Promise<void> =>
    finished || (reading !== null && said === '')
      ? Promise.resolve()
      : new Promise((done) => waiters.push(done));

  return {
    channel: {
      read: () =>
        new Promise((resolve) => {
          reading = resolve;
          deliver();
          if (reading !== null) settle();
        }),
      write(octets) {
        answered += octets;
        return true;
      },
    },
    say(octets) {
      said += octets;
      deliver();
      return quiet();
    },
    hangUp() {
      gone = true;
      deliver();
    },
    over() {
      finished = true;
      settle();
    },
    quiet,
    reply: () => lastReply(answered),
    forget() {
      answered = '';
    },
  };
}

/** A reply ends with the line that has a space behind its code (RFC 5321 §4.2.1). */
function lastReply(octets: string): readonly string[] {
  const lines = octets.split('\r\n').filter((line) => line !== '');
  let start = lines.length - 1;
  while (start > 0 && /^[0-9]{3}-/.test(lines[start - 1] ?? '')) start -= 1;
  return lines.slice(Math.max(start, 0));
}
