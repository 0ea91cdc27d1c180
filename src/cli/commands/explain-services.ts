// The world of a session that is only being explained: a client that says its lines one after the other, each when the one before
// has been answered, and queues that take a message and forget it. Everything that happens is told line by line; time does
// not pass, nothing is sent and nothing is stored.

import { openSpool, type Queue } from '../../queue/index.ts';
import { NO_SECURITY } from '../../serve/services.ts';
import type { Channel, Services, SessionEvent } from '../../session/index.ts';
import { forLog, toOctets } from '../../text/index.ts';

/** What the client says next. */
export interface Step {
  /** Octets for the wire, line ends and all. */
  readonly octets: string;
  /** How it is told; the octets themselves unless given. */
  readonly shown?: string;
  /** Only after a reply of this code; left out otherwise. */
  readonly after?: number;
}

export type Tell = (line: string) => void;

export function explainedServices(steps: readonly Step[], now: () => number, tell: Tell): Services {
  return {
    channel: scriptedChannel(steps, tell),
    queue: forgetfulQueue((recipients) => `would be queued for ${recipients.join(', ')}`, tell),
    clock: now,
    sleep: async (seconds) => tell(`  waits ${seconds} s`),
    spool: () => openSpool(),
    quarantine: async (into) =>
      forgetfulQueue(
        (recipients) => `would be put aside in "${into}", was for ${recipients.join(', ')}`,
        tell,
      ),
    log: (event) => tellEvent(event, tell),
    ...NO_SECURITY,
  };
}

function scriptedChannel(steps: readonly Step[], tell: Tell): Channel {
  let at = 0;
  let code = 0;
  return {
    async read() {
      const step = steps[at++];
      if (step === undefined) return 'end';
      if (step.after !== undefined && step.after !== code) return this.read(0);
      tell(`C: ${step.shown ?? step.octets.trimEnd()}`);
      return toOctets(step.octets);
    },
    write(octets) {
      const lines = octets.trimEnd().split('\r\n');
      for (const line of lines) tell(`S: ${line}`);
      code = Number(lines.at(-1)?.slice(0, 3));
      return true;
    },
  };
}

function forgetfulQueue(words: (recipients: readonly string[]) => string, tell: Tell): Queue {
  return {
    open: async () => {
      let octets = 0;
      return {
        id: '0',
        write(piece) {
          octets += piece.length;
        },
        async commit({ reversePath, recipients }) {
          tell(
            `  ${words(recipients.map((each) => forLog(each)))}, from <${forLog(reversePath)}>, ${octets} octets`,
          );
          return { kind: 'queued' };
        },
        abort() {},
      };
    },
  };
}

/** Refusals and notes; what the dialogue shows already is left out. */
function tellEvent(event: SessionEvent, tell: Tell): void {
  if (event.event === 'refused') {
    tell(`  refused by ${event.rule}${event.why === undefined ? '' : `: ${forLog(event.why)}`}`);
  } else if (event.event === 'note') tell(`  ${event.where}: ${event.level}: ${forLog(event.text)}`);
  else if (event.event === 'fault') tell(`  fault: ${forLog(event.why)}`);
}
