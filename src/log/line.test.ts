// One event, one line: each kind of event by table, then every text field of every event filled with whatever octets a
// client may send. The line stays one line of printable ASCII, and no field can pass for another.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../session/index.ts';
import { type LogContext, logLine } from './line.ts';

const CONTEXT: LogContext = { pid: 42, ip: '203.0.113.9', host: 'client.example.net' };

it.each<[SessionEvent, string]>([
  [{ event: 'connect', profile: 'stock' }, 'connect ip=203.0.113.9 host=client.example.net profile=stock'],
  [
    { event: 'refused', stage: 'rcpt', code: 553, rule: 'rcpthosts', argument: 'TO:<a@b>', reversePath: '' },
    'refused code=553 rule=rcpthosts ip=203.0.113.9 verb=rcpt from=<> argument=TO:<a@b>',
  ],
  [
    {
      event: 'refused',
      stage: 'data',
      code: 451,
      rule: 'queue',
      argument: '',
      why: 'exit 53',
      reversePath: 'a b@c',
    },
    'refused code=451 rule=queue ip=203.0.113.9 verb=data from="<a b@c>" why="exit 53"',
  ],
  [
    { event: 'refused', stage: '', code: 500, rule: 'lineTooLong', argument: '' },
    'refused code=500 rule=lineTooLong ip=203.0.113.9',
  ],
  [
    { event: 'accepted', octets: 0, recipients: 2, id: '4711', reversePath: '' },
    'accepted octets=0 recipients=2 qp=4711 ip=203.0.113.9 from=<>',
  ],
  [{ event: 'said', by: 'client', text: 'NOOP x\0' }, 'said by=client text="NOOP x\\x00"'],
  [{ event: 'said', by: 'server', text: '250-a\r\n250 b' }, 'said by=server text="250-a\\x0d\\x0a250 b"'],
  [{ event: 'fault', why: 'Error: x\n    at y' }, 'fault ip=203.0.113.9 why="Error: x\\x0a    at y"'],
  [
    { event: 'end', how: 'quit', messages: 0, refused: 1, seconds: 2 },
    'end how=quit messages=0 refused=1 seconds=2',
  ],
])('%j', (event, line) => expect(logLine(CONTEXT, event)).toBe(`mvmtr[42] ${line}`));

describe('whatever the client sends', () => {
  const octets = fc.array(fc.integer({ min: 0, max: 255 })).map((codes) => String.fromCharCode(...codes));
  const forged = fc.constantFrom('x\nmvmtr[1] accepted', 'a rule=none', '" code=250', 'x'.repeat(100_000));
  const text = fc.oneof(octets, forged);
  const number = fc.nat();
  const event: fc.Arbitrary<SessionEvent> = fc.oneof(
    fc.record({
      event: fc.constant('refused' as const),
      stage: text,
      code: number,
      rule: text,
      argument: text,
      why: text,
      reversePath: text,
    }),
    fc.record({
      event: fc.constant('accepted' as const),
      octets: number,
      recipients: number,
      id: text,
      reversePath: text,
    }),
    fc.record({ event: fc.constant('said' as const), by: fc.constant('client' as const), text }),
    fc.record({ event: fc.constant('fault' as const), why: text }),
    fc.record({ event: fc.constant('connect' as const), profile: text }),
  );
  const context = fc.record({ pid: number, ip: text, host: text });

  it('is one line of fields, each in its own bounds', () => {
    const field =
      /^ [a-z]+=(?:"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\x[0-9a-f]{2})*"|(?:[\x21\x23-\x5b\x5d-\x7e]|\\x[0-9a-f]{2})+)/;
    fc.assert(
      fc.property(context, event, (from, what) => {
        let left = logLine(from, what);
        const start = `mvmtr[${from.pid}] ${what.event}`;
        expect(left.startsWith(start)).toBe(true);
        left = left.slice(start.length);
        while (left !== '') {
          expect(left).toMatch(field);
          left = left.replace(field, '');
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('grows no further with what is sent', () => {
    const lineOf = (length: number): number => {
      const long = 'x'.repeat(length);
      const what = {
        event: 'refused',
        stage: long,
        code: 553,
        rule: long,
        argument: long,
        why: long,
        reversePath: long,
      };
      return logLine({ pid: 1, ip: long, host: long }, what as SessionEvent).length;
    };
    expect(lineOf(1_000_000)).toBe(lineOf(1000));
  });
});
