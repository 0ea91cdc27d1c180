// What is asked, from where, and what is made of the answers, whole and octet by octet. Real sockets of both runtimes are
// in test/contract/ident.test.ts.

import { describe, expect, it } from 'vitest';
import type { Destination, ExchangeEvents, StartExchange } from '../../sys/index.ts';
import { fromOctets, toOctets } from '../../text/index.ts';
import { askIdent, type IdentOptions } from './ident.ts';

interface Asked {
  readonly to: Destination;
  readonly question: string;
}

interface Stage {
  readonly overTcp: StartExchange;
  readonly asked: Asked[];
  closed: number;
}

/** A transport on which `play` is what the other side does, a moment after it was asked. */
function stage(play: (events: ExchangeEvents) => void): Stage {
  const seen: Stage = {
    asked: [],
    closed: 0,
    overTcp: (to, question, events) => {
      seen.asked.push({ to, question: fromOctets(question) });
      queueMicrotask(() => play(events));
      return {
        close() {
          seen.closed += 1;
        },
      };
    },
  };
  return seen;
}

const ask = ({ overTcp }: Stage, more: Partial<IdentOptions> = {}): Promise<string | null> =>
  askIdent({
    remote: { address: '192.0.2.10', port: 34567 },
    local: { address: '198.51.100.25', port: 25 },
    seconds: 60,
    overTcp,
    ...more,
  });

const saying = (text: string): Stage => stage(({ octets }) => octets(toOctets(text)));

const dribbling = (text: string): Stage =>
  stage(({ octets, over }) => {
    for (const octet of toOctets(text)) octets(Uint8Array.of(octet));
    over('closed');
  });

describe('the question', () => {
  it('names both ports, and goes to the client from the address it knows us by', async () => {
    const on = saying('34567, 25 : USERID : UNIX : joe\r\n');
    expect(await ask(on)).toBe('joe');
    const to = { address: '192.0.2.10', port: 113, from: '198.51.100.25' };
    expect(on.asked).toEqual([{ to, question: '34567 , 25\r\n' }]);
    expect(on.closed).toBe(1);
  });

  it('goes to another port when it has to', async () => {
    const on = saying('::: joe\n');
    expect(await ask(on, { port: 1113 })).toBe('joe');
    expect(on.asked[0]?.to.port).toBe(1113);
  });
});

const LINE = '34567, 25 : USERID : UNIX';

describe('the answer', () => {
  it.each([
    ['a user', `${LINE} : joe\r\n`, 'joe'],
    ['a line end without CR', `${LINE}:joe\n`, 'joe'],
    ['blanks anywhere', `\t34567 ,25:USERID\r :UNIX: \t joe\tblow \r\n`, 'joeblow'],
    ['colons in the user', `${LINE} : a:b::c\r\n`, 'a:b::c'],
    ['other ports and another system', '1, 2 : USERID : OTHER, US-ASCII : joe\r\n', 'joe'],
    ['nothing in front of the user', ':::joe\n', 'joe'],
    ['control characters, quotes, 8-bit octets', `${LINE} : a\0\x1b\x7f"'\\\xe9\r\n`, `a???"'\\?`],
    ['lines behind the first', `${LINE} : joe\r\n${LINE} : ann\r\n`, 'joe'],
    ['a user of 257 octets', `:::${'x'.repeat(257)}\n`, 'x'.repeat(257)],
    ['a longer one', `:::${'x'.repeat(300)}\n`, 'x'.repeat(257)],
    ['an error', '34567 , 25 : ERROR : NO-USER\r\n', null],
    ['no user', `${LINE} : \r\n`, null],
    ['too few colons', 'joe\r\n', null],
    ['an empty line', '\r\n', null],
    ['an empty line in front', `\r\n${LINE} : joe\r\n`, null],
    ['as long as can be', `:::joe${' '.repeat(1000 - 7)}\n`, 'joe'],
    ['longer than can be', `:::joe${' '.repeat(1000 - 6)}\n`, null],
    ['no line end', `${LINE} : ${'x'.repeat(5000)}`, null],
    ['only colons', ':'.repeat(5000), null],
  ])('%s', async (_, answer, user) => {
    expect(await ask(saying(answer))).toBe(user);
    expect(await ask(dribbling(answer))).toBe(user);
  });
});

describe('nobody knows', () => {
  it.each<[string, (events: ExchangeEvents) => void]>([
    ['when nothing can be reached', ({ over }) => over('ECONNREFUSED')],
    ['when the connection ends', ({ over }) => over('closed')],
    [
      'when it ends inside the answer',
      ({ octets, over }) => {
        octets(toOctets(`${LINE} : joe`));
        over('closed');
      },
    ],
    ['when nothing is said', () => {}],
    ['when no end is said', ({ octets }) => octets(toOctets(`${LINE} : joe`))],
  ])('%s', async (_, play) => {
    const on = stage(play);
    expect(await ask(on, { seconds: 0.02 })).toBeNull();
    expect(on.closed).toBe(1);
  });

  it('when the address is none', async () => {
    const overTcp: StartExchange = () => {
      throw new TypeError('not an address');
    };
    expect(await ask({ overTcp, asked: [], closed: 0 })).toBeNull();
  });

  it('and a time longer than any timer is not over at once', async () => {
    const on = stage(({ octets }) =>
      setImmediate(() => setImmediate(() => octets(toOctets(`${LINE}:joe\n`)))),
    );
    expect(await ask(on, { seconds: 1e10 })).toBe('joe');
  });
});
