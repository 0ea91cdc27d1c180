// One session against ports that are a few lines each and keep a trace: when replies are sent, and what happens when
// something throws or the client is gone. What is said word for word is the transcripts'; the bounds are in limits.test.ts.

import { describe, expect, it } from 'vitest';
import { atRcpt } from '../../test/support/policy.ts';
import { NO_RULES } from '../../test/support/services.ts';
import { CONFIG } from '../../test/support/session-config.ts';
import type { ControlFault } from '../control/index.ts';
import type { Queue } from '../queue/index.ts';
import type { SessionConfig } from './config.ts';
import type { SessionEvent } from './events.ts';
import { PENDING_REPLIES, STOCK_LIMITS } from './limits.ts';
import { STOCK } from './profile.ts';
import { type Ending, session } from './session.ts';

const AS_STOCK: Partial<SessionConfig> = { profile: STOCK, limits: STOCK_LIMITS };

interface Play {
  readonly config?: Partial<SessionConfig>;
  /** The client is gone at this write, counted from 1. */
  readonly goneAt?: number;
  /** What the queue throws at. */
  readonly queueThrows?: 'open' | 'write' | 'commit';
}

interface Seen extends Ending {
  /** read, open, commit, abort, and each write as "say CODE CODE …". */
  readonly trace: readonly string[];
  readonly output: string;
  readonly writes: readonly number[];
  readonly envelopes: readonly string[];
  readonly events: readonly SessionEvent[];
}

/** @param input octets of one read each */
async function play(input: readonly string[], { config, goneAt, queueThrows }: Play = {}): Promise<Seen> {
  const trace: string[] = [];
  const written: string[] = [];
  const envelopes: string[] = [];
  const events: SessionEvent[] = [];
  const left = [...input];

  const failAt = (step: 'open' | 'write' | 'commit'): void => {
    if (queueThrows === step) throw new Error(`broken at ${step}`);
  };
  const queue: Queue = {
    async open() {
      trace.push('open');
      failAt('open');
      let writes = 0;
      return {
        id: '4711',
        write() {
          writes += 1;
          if (writes > 1) failAt('write');
        },
        async commit({ reversePath, recipients }) {
          trace.push('commit');
          failAt('commit');
          envelopes.push([reversePath, ...recipients].join(' '));
          return { kind: 'queued' };
        },
        abort: () => void trace.push('abort'),
      };
    },
  };
  const ending = await session(
    { ...CONFIG, ...config },
    {
      channel: {
        async read() {
          trace.push('read');
          const octets = left.shift();
          return octets === undefined ? 'end' : Buffer.from(octets, 'latin1');
        },
        // Noted only when it is through, so that going on before shows in the trace.
        async write(octets) {
          await Promise.resolve();
          written.push(octets);
          trace.push(['say', ...octets.split('\r\n').map((line) => line.slice(0, 3))].join(' ').trim());
          return written.length !== goneAt;
        },
      },
      queue,
      ...NO_RULES,
      clock: () => 0,
      log: (event) => void events.push(event),
    },
  );
  const writes = written.map(({ length }) => length);
  return { ...ending, trace, output: written.join(''), writes, envelopes, events };
}

const TRANSACTION = 'MAIL FROM:<a@b>\r\nRCPT TO:<u@c>\r\n';
const MESSAGE = 'x\r\n.\r\n';

/** Codes of all replies behind the greeting. */
const codes = ({ output }: Seen): readonly string[] =>
  output
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.slice(0, 3));

const count = ({ trace }: Seen, what: string): number => trace.filter((step) => step === what).length;

describe('sending (RFC 2920 §3.2)', () => {
  it('nothing is sent before the session is about to wait, and then all of it', async () => {
    const seen = await play([`${TRANSACTION}NOOP\r\nDATA\r\n`, MESSAGE, 'RSET\r\nQUIT\r\nNOOP\r\n']);
    expect(seen.trace).toEqual([
      ...['say 220', 'read'],
      ...['open', 'say 250 250 250 354', 'read'],
      ...['commit', 'say 250', 'read'],
      'say 250 221',
    ]);
    expect(seen).toMatchObject({ how: 'quit', exit: 0 });
  });

  it('commands that come octet by octet are answered one by one', async () => {
    const seen = await play([...Array.from('NOOP\r\n'), ...Array.from('QUIT\r\n')]);
    expect(seen.trace.filter((step) => step !== 'read')).toEqual(['say 220', 'say 250', 'say 221']);
  });

  it('replies that pile up are sent before more commands are looked at', async () => {
    const seen = await play(['NOOP\r\n'.repeat(100_000)], { config: AS_STOCK });
    expect(codes(seen).length).toBe(100_000);
    expect(Math.max(...seen.writes)).toBeLessThanOrEqual(PENDING_REPLIES + '250 ok\r\n'.length);
    expect(count(seen, 'read')).toBe(2);
  });
});

describe('a client that is gone', () => {
  it.each([
    ['at the greeting', 1, ['say 220']],
    ['at 354', 2, ['say 220', 'read', 'open', 'say 250 250 354', 'abort']],
    [
      'at the reply to its message',
      3,
      ['say 220', 'read', 'open', 'say 250 250 354', 'read', 'commit', 'say 250'],
    ],
  ])('%s is not listened to any more', async (_, goneAt, trace) => {
    const seen = await play([`${TRANSACTION}DATA\r\n`, MESSAGE, `${TRANSACTION}DATA\r\n`, MESSAGE], {
      goneAt,
    });
    expect(seen.trace).toEqual(trace);
    expect(seen).toMatchObject({ how: 'client-left', exit: 1 });
  });

  it('in the middle of many commands is not obeyed any more', async () => {
    const seen = await play(['NOOP\r\n'.repeat(100_000), 'QUIT\r\n'], { config: AS_STOCK, goneAt: 3 });
    expect(seen).toMatchObject({ how: 'client-left', exit: 1 });
    expect([seen.writes.length, count(seen, 'read')]).toEqual([3, 1]);
  });

  it.each([[['x\r\n']], [['x\r\n.']], [['x\r\n.\r']], [['x\r\n.\n']], [[]]])(
    'after %j of a message queues nothing',
    async (part) => {
      const seen = await play([`${TRANSACTION}DATA\r\n`, ...part]);
      expect([count(seen, 'abort'), count(seen, 'commit')]).toEqual([1, 0]);
      expect(seen).toMatchObject({ how: 'client-left', exit: 1 });
    },
  );
});

describe('something throws', () => {
  const fault: ControlFault = { fault: 'control', file: '/q/control/morercpthosts.cdb', reason: 'EIO' };
  const throwing = (thrown: unknown): Partial<SessionConfig> => ({
    policy: atRcpt(() => {
      throw thrown;
    }),
  });

  it.each([
    ['a ControlFault', fault, '421', '/q/control/morercpthosts.cdb: EIO'],
    ['an Error', new Error('secret'), '451', 'Error: secret'],
    ['a text', 'secret', '451', 'secret'],
    ['null', null, '451', 'null'],
  ])(
    '%s at RCPT ends the session, with a word to the client and the rest to the log',
    async (_, thrown, code, why) => {
      for (const profile of [{}, AS_STOCK]) {
        const seen = await play([`${TRANSACTION}DATA\r\n`, 'QUIT\r\n'], {
          config: { ...profile, ...throwing(thrown) },
        });
        expect(codes(seen)).toEqual(['250', code]);
        expect(seen).toMatchObject({ how: 'fault', exit: 1 });
        expect(seen.output).not.toMatch(/secret|control\//);
        const faults = seen.events.filter((event) => event.event === 'fault');
        expect(faults).toEqual([{ event: 'fault', why: expect.stringContaining(why) }]);
      }
    },
  );

  it.each([
    ['open', ['250', '250', '451'], 0],
    ['write', ['250', '250', '354', '451'], 1],
    ['commit', ['250', '250', '354', '451'], 0],
  ] as const)(
    'the queue at %s(): 451, the end, and no hand-off is left open',
    async (queueThrows, replies, aborts) => {
      const seen = await play([`${TRANSACTION}DATA\r\n`, MESSAGE, 'QUIT\r\n'], { queueThrows });
      expect(codes(seen)).toEqual(replies);
      expect(seen).toMatchObject({ how: 'fault', exit: 1, envelopes: [] });
      expect(count(seen, 'abort')).toBe(aborts);
    },
  );
});
