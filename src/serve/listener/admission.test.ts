// Who may come in: each rule at its edge, what counts together, what a refusal counts for, and that nothing is lost or counted
// twice however connections come and go.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmissionLimits, type Admissions, type Admitted, openAdmission } from './admission.ts';

const OPEN: AdmissionLimits = {
  total: 1000,
  perAddress: null,
  perNetwork: null,
  newPerMinute: null,
  maxLoad: null,
  loadFloor: 0,
};

interface World {
  now: number;
  load: number | null;
}

function doors(limits: Partial<AdmissionLimits>, world: World = { now: 0, load: 0 }): Admissions {
  return openAdmission({ ...OPEN, ...limits }, { clock: () => world.now, loadAverage: () => world.load });
}

/** What each of these clients hears, one after the other: the number of its connections, or the rule. */
function outcomes(admissions: Admissions, clients: readonly (string | null)[]): readonly (number | string)[] {
  return clients.map((ip) => {
    const outcome = admissions.admit(ip);
    return outcome.kind === 'admitted' ? outcome.connections : outcome.rule;
  });
}

function admitted(admissions: Admissions, ip: string | null): Admitted {
  const outcome = admissions.admit(ip);
  if (outcome.kind === 'refused') throw new Error(`refused: ${outcome.rule}`);
  return outcome;
}

const A = '192.0.2.1';
const B = '192.0.2.2';
const C = '198.51.100.1';

describe('the rules', () => {
  it.each<[string, Partial<AdmissionLimits>, readonly (string | null)[], readonly (number | string)[]]>([
    ['total', { total: 3 }, [A, B, null, C, null, A], [1, 1, 1, 'total', 'total', 'total']],
    ['none at all', { total: 0 }, [A, null], ['total', 'total']],
    ['per address', { perAddress: 2 }, [A, A, A, B, A], [1, 2, 'per-address', 1, 'per-address']],
    ['per address, none', { perAddress: 0 }, [A, null], ['per-address', 1]],
    ['per network', { perNetwork: 2 }, [A, B, B, C], [1, 1, 'per-network', 1]],
    ['per network, the number is the address’s', { perNetwork: 9 }, [A, B, B], [1, 1, 2]],
    ['rate', { newPerMinute: 2 }, [A, B, A, A, B, B], [1, 1, 2, 'rate', 2, 'rate']],
    ['unix sockets', { perAddress: 1, perNetwork: 1, newPerMinute: 1 }, [null, null, null], [1, 1, 1]],
    ['unreadable', { perAddress: 1, perNetwork: 1, newPerMinute: 1 }, ['a', 'a', '1.2.3'], [1, 1, 1]],
    ['IPv4 in IPv6', { perAddress: 2 }, [A, `::ffff:${A}`, A], [1, 2, 'per-address']],
    ['a /64', { perAddress: 2 }, ['2001:db8::1', '2001:db8::2', '2001:db8::3'], [1, 2, 'per-address']],
    ['two of /64', { perAddress: 1, perNetwork: 1 }, ['2001:db8::1', '2001:db8:0:1::1'], [1, 1]],
    ['a /64 as network', { perNetwork: 1 }, ['2001:db8::1', '2001:db8::2'], [1, 'per-network']],
    ['rate of a /64', { newPerMinute: 1 }, ['2001:db8::1', '2001:db8::2'], [1, 'rate']],
  ])('%s', (_, limits, clients, expected) => {
    expect(outcomes(doors(limits), clients)).toEqual(expected);
  });

  it.each<[string, number | null, Partial<AdmissionLimits>, readonly (number | string)[]]>([
    ['no limit', 99, {}, [1, 2, 3]],
    ['at the limit', 4, { maxLoad: 4 }, [1, 2, 3]],
    ['above it', 4.01, { maxLoad: 4 }, ['load', 'load', 'load']],
    ['above it, with a floor', 4.01, { maxLoad: 4, loadFloor: 2 }, [1, 2, 'load']],
    ['not known', null, { maxLoad: 0 }, [1, 2, 3]],
  ])('load: %s', (_, load, limits, expected) => {
    expect(outcomes(doors(limits, { now: 0, load }), [A, A, A])).toEqual(expected);
  });
});

describe('a refused connection', () => {
  it('is not running', () => {
    const admissions = doors({ perAddress: 1 });
    const first = admitted(admissions, A);
    expect(outcomes(admissions, [A, A])).toEqual(['per-address', 'per-address']);
    expect(admissions.running()).toBe(1);
    first.release();
    expect(outcomes(admissions, [A])).toEqual([1]);
  });

  it('counts for the rate', () => {
    const world = { now: 0, load: 0 };
    const admissions = doors({ newPerMinute: 2 }, world);
    for (let n = 0; n < 2; n += 1) admitted(admissions, A).release();
    const refused = [10, 40, 70, 100, 130].map((second) => {
      world.now = second * 1000;
      return outcomes(admissions, [A, A])[1];
    });
    expect(refused).toEqual(['rate', 'rate', 'rate', 'rate', 'rate']);
    world.now = 250_000;
    expect(outcomes(admissions, [A])).toEqual([1]);
  });

  it('counts for the rate also when another rule refused it', () => {
    const admissions = doors({ total: 1, newPerMinute: 2 });
    const first = admitted(admissions, B);
    expect(outcomes(admissions, [A, A, A])).toEqual(['total', 'total', 'total']);
    first.release();
    expect(outcomes(admissions, [A])).toEqual(['rate']);
  });
});

describe('release', () => {
  it('makes room, once', () => {
    const admissions = doors({ total: 2 });
    const first = admitted(admissions, A);
    admitted(admissions, B);
    first.release();
    first.release();
    expect(admissions.running()).toBe(1);
    expect(outcomes(admissions, [C, C])).toEqual([1, 'total']);
  });

  it('counts everything back, in any order', () => {
    const ip = fc.constantFrom(A, B, C, null, '2001:db8::1', '2001:db8::2', '2001:db8:1::1');
    const step = fc.record({ ip, release: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const admissions = doors({ total: 6, perAddress: 3, perNetwork: 4 });
        const running: Admitted[] = [];
        for (const { ip: client, release, which } of steps) {
          if (release) running.splice(which % Math.max(1, running.length), 1)[0]?.release();
          else {
            const outcome = admissions.admit(client);
            if (outcome.kind === 'admitted') running.push(outcome);
          }
          expect(admissions.running()).toBe(running.length);
          expect(running.length).toBeLessThanOrEqual(6);
        }
        for (const each of running) each.release();
        expect(outcomes(admissions, [A, A, A, B, A])).toEqual([1, 2, 3, 1, 'per-address']);
      }),
      { numRuns: 300 },
    );
  });
});
