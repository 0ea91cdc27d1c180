// A session in memory whose policy a test has made up: what it answers at each stage, what it is asked, and what comes of it. Nothing
// sleeps; waiting moves the clock. Spools and queues note when they are used, in the order in which things happen.

import type { Facts, Policy, Ruling, Stage } from '../../src/policy/index.ts';
import { PROCEED } from '../../src/policy/index.ts';
import { openSpool, type Queue } from '../../src/queue/index.ts';
import { type SessionEvent, session } from '../../src/session/index.ts';
import { type Cutting, memoryChannel, VIRTUAL_START } from './memory-channel.ts';
import { type MemoryQueue, memoryQueue } from './memory-queue.ts';
import { type Queued, WILLING_QUEUE } from './scenario.ts';
import { NO_RULES } from './services.ts';
import { CONFIG } from './session-config.ts';

export type Rulings = Partial<Record<Stage, Ruling | ((facts: Facts) => Ruling)>>;

export interface MadeUp {
  readonly rulings: Rulings;
  readonly holds?: Policy['holds'];
  /** What the client sends. */
  readonly input: string;
  readonly cutting?: Cutting;
  /** Octets of a message in memory before it goes to a file. */
  readonly memoryOctets?: number;
  readonly canRun?: boolean;
}

export interface Came {
  /** Reply lines behind the greeting. */
  readonly replies: readonly string[];
  readonly queued: readonly Queued[];
  /** By the name of the place. */
  readonly aside: Readonly<Record<string, readonly Queued[]>>;
  readonly asked: readonly (readonly [Stage, Facts])[];
  /** Stages asked, and openings of queues, in their order. */
  readonly happened: readonly string[];
  readonly events: readonly SessionEvent[];
  readonly seconds: number;
  readonly problems: readonly string[];
}

export async function playMadeUp({
  rulings,
  holds = 'nothing',
  input,
  cutting = 'whole',
  memoryOctets = 1024,
  canRun = true,
}: MadeUp): Promise<Came> {
  const channel = memoryChannel([{ kind: 'send', octets: input }], false, cutting);
  const happened: string[] = [];
  const asked: [Stage, Facts][] = [];
  const events: SessionEvent[] = [];
  const { advance } = channel;
  const queue = memoryQueue({ script: WILLING_QUEUE, canRun, advance });
  const places = new Map<string, MemoryQueue>();
  const policy: Policy = {
    speaksAt: (stage) => stage in rulings,
    holds,
    ask(stage, facts) {
      happened.push(stage);
      asked.push([stage, facts]);
      const ruling = rulings[stage] ?? PROCEED;
      // Every second answer comes late, as one that has to be looked up does.
      const made = typeof ruling === 'function' ? ruling(facts) : ruling;
      return asked.length % 2 === 0 ? Promise.resolve(made) : made;
    },
  };
  await session(
    { ...CONFIG, policy },
    {
      ...NO_RULES,
      channel,
      queue: noting(queue, () => happened.push('queue')),
      clock: channel.clock,
      sleep: async (seconds) => channel.advance(seconds * 1000),
      spool: () => openSpool(memoryOctets),
      async quarantine(into) {
        const place = memoryQueue({ script: WILLING_QUEUE, canRun: true, advance });
        places.set(into, place);
        return noting(place, () => happened.push(`place ${into}`));
      },
      log: (event) => void events.push(event),
    },
  );
  const open = [queue, ...places.values()].reduce((sum, each) => sum + each.unfinished(), 0);
  return {
    replies: channel.output().split('\r\n').slice(1, -1),
    queued: queue.queued(),
    aside: Object.fromEntries([...places].map(([into, place]) => [into, place.queued()])),
    asked,
    happened,
    events,
    seconds: (channel.clock() - VIRTUAL_START) / 1000,
    problems: [
      ...channel.problems(),
      ...queue.problems(),
      ...(open === 0 ? [] : [`hand-offs left open: ${open}`]),
      ...events.flatMap((event) => (event.event === 'fault' ? [event.why] : [])),
    ],
  };
}

function noting(queue: Queue, note: () => void): Queue {
  return {
    open() {
      note();
      return queue.open();
    },
  };
}
