// The client's side of a scenario over two streams, of a program or of a socket: sends what the steps say, waits where
// they wait, and keeps what comes back. Every wait is for an event and ends when the other side has ended or after a
// limit, which is then the problem that is told.

import { once } from 'node:events';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import type { Step } from './scenario.ts';

const REPLY_LIMIT_MS = 20_000;

export interface Dialogue {
  /** Everything that has come so far, as octet string. */
  output(): string;
  /** Takes the steps, up to the first one that waits in vain: that one in words, else null. */
  play(steps: readonly Step[]): Promise<string | null>;
  /** Says that nothing more will come. */
  end(): void;
}

/** Reads from now on. What cannot be sent any more is dropped: the other side may leave before it has read everything. */
export function openDialogue(from: Readable, into: Writable): Dialogue {
  let to = into;
  const replies = listen(from);
  const take = async (step: Step): Promise<string | null> => {
    if (step.kind === 'send') {
      to.write(Buffer.from(step.octets, 'latin1'));
      return null;
    }
    if (step.kind === 'tls') {
      replies.ignore();
      const secured = connect({ socket: bothWays(from, into), rejectUnauthorized: false });
      const done = once(secured, 'secureConnect');
      to = secured;
      replies.hear(secured);
      return done.then(
        () => null,
        (error) => `no handshake: ${error}`,
      );
    }
    if (step.kind === 'wait') {
      await sleep(step.milliseconds);
      return null;
    }
    const come =
      step.kind === 'replies'
        ? await replies.until((output) => output.split('\n').length > step.lines)
        : await replies.untilLine(step.prefix);
    return come ? null : `the client waited in vain: ${JSON.stringify(step)}`;
  };
  return {
    output: replies.output,
    end: () => void to.end(),
    async play(steps) {
      for (const step of steps) {
        const problem = await take(step);
        if (problem !== null) return problem;
      }
      return null;
    },
  };
}

const bothWays = (from: Readable, to: Writable): Duplex =>
  from === (to as unknown) ? (from as Duplex) : Duplex.from({ readable: from, writable: to });

interface Replies {
  output(): string;
  /** False when the other side ended, or much time went by, without it. */
  until(holds: (output: string) => boolean): Promise<boolean>;
  untilLine(prefix: string): Promise<boolean>;
  /** Octets of the stream are somebody else's from now on … */
  ignore(): void;
  /** … and replies come from here. */
  hear(from: Readable): void;
}

function listen(from: Readable): Replies {
  const chunks: Buffer[] = [];
  let wake = (): void => undefined;
  let over = false;
  let scanned = 0;
  const output = (): string => Buffer.concat(chunks).toString('latin1');
  const end = (): void => {
    over = true;
    wake();
  };
  const take = (chunk: Buffer): void => {
    chunks.push(chunk);
    wake();
  };
  const hear = (stream: Readable): void => {
    stream.on('data', take);
    stream.once('end', end);
    stream.once('close', end);
    stream.on('error', end);
  };
  hear(from);

  async function until(holds: (output: string) => boolean): Promise<boolean> {
    const deadline = Date.now() + REPLY_LIMIT_MS;
    while (!holds(output())) {
      if (over || Date.now() > deadline) return false;
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, deadline - Date.now()).unref();
      });
    }
    return true;
  }

  const untilLine = (prefix: string): Promise<boolean> =>
    until((text) => {
      const found = new RegExp(`^${prefix.replace(/[^A-Za-z0-9]/g, '\\$&')}[^\\n]*\\n`, 'm').exec(
        text.slice(scanned),
      );
      if (found) scanned += found.index + found[0].length;
      return found !== null;
    });

  return { output, until, untilLine, hear, ignore: () => void from.off('data', take) };
}
