// Who answers what rules ask the world: DNS, tables, the store of states, the inside of the message. Answers are remembered for the
// session, so that a rule that runs again sees the same world; what is nobody's comes back as not available.

import { dnsAnswers, readResolvConf, remembering, stubResolver } from '../../dns/index.ts';
import { mapAnswers, openMaps } from '../../maps/index.ts';
import type { Facts } from '../../policy/index.ts';
import { openState, report, stateAnswers } from '../../reputation/index.ts';
import { type Answer, type Effect, type Lookup, loadMime, loadRegex } from '../../rules/index.ts';
import { sys } from '../../sys/index.ts';
import { fromOctets } from '../../text/index.ts';

/** Octets of a message that the body tests get to see (docs/mfl.md, limits). */
const BODY_OCTETS = 10 * 1024 * 1024;

/** Functions of the store change what they look at: each use is a new question. */
const CHANGING: readonly string[] = [
  'counter',
  'counter_add',
  'store_get',
  'store_put',
  'seen',
  'greylist',
  'ratelimit',
  'rate',
];

export interface LookupOptions {
  readonly clientIp: string;
  /** Tables are named relative to it. */
  readonly home: string;
  readonly now: () => number;
}

export interface Lookups {
  answer(lookup: Lookup, facts: Facts): Promise<Answer>;
  report(effect: Extract<Effect, { effect: 'report' }>): Promise<void>;
  close(): void;
}

export function openLookups({ clientIp, home, now }: LookupOptions): Lookups {
  let heloName = '';
  // Each is opened by the first question for it.
  const resolver = once(() => remembering(stubResolver({ transport: sys, ...readResolvConf() })));
  const dns = once(() => dnsAnswers(resolver(), { clientIp, heloName: () => heloName }));
  const maps = once(() => mapAnswers(openMaps({ directory: home, compileRegex: noRegex })));
  const regexMaps = once(async () => {
    const { compileRegex } = await loadRegex();
    return mapAnswers(openMaps({ directory: home, compileRegex }));
  });
  const state = once(() => openState({ directory: `${home}/state`, now }));
  const states = once(() => stateAnswers(state()));
  const known = new Map<string, Promise<Answer>>();
  let opened = false;

  async function find(lookup: Lookup, facts: Facts): Promise<Answer> {
    switch (lookup.question.kind) {
      case 'map': {
        const regex = lookup.question.uri.startsWith('regex:');
        const answers = regex ? await regexMaps() : maps();
        return (await answers(lookup)) ?? notAvailable(lookup);
      }
      case 'function':
        return (await states()(lookup)) ?? notAvailable(lookup);
      case 'body':
        return readBody(facts);
      default:
        opened = true;
        return (await dns()(lookup)) ?? notAvailable(lookup);
    }
  }

  return {
    answer(lookup, facts) {
      const { question } = lookup;
      heloName = facts.helo?.name ?? '';
      if (question.kind === 'body' || (question.kind === 'function' && CHANGING.includes(question.name))) {
        return find(lookup, facts);
      }
      // A name from the greeting is another one after another greeting.
      const key = lookup.key.includes('helo.') ? `${lookup.key} ${heloName}` : lookup.key;
      let answer = known.get(key);
      if (answer === undefined) {
        answer = find(lookup, facts);
        known.set(key, answer);
      }
      return answer;
    },
    async report({ kind, key, weight, note }) {
      await report(state(), { kind, key, weight, note });
    },
    close() {
      if (opened) resolver().cancel();
    },
  };
}

// Tables of regular expressions have an instance of their own, because the engine for them is large.
function noRegex(): never {
  throw new Error('this table has no regular expressions');
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function notAvailable({ question }: Lookup): Answer {
  const name = 'name' in question ? question.name : question.kind;
  return { ok: false, reason: `${name} is not available in this version` };
}

async function readBody({ message }: Facts): Promise<Answer> {
  if (!message?.complete) return { ok: false, reason: 'the message is not complete yet' };
  const { readBody: read } = await loadMime();
  return { ok: true, value: await read(fromOctets(message.complete.read(BODY_OCTETS))) };
}
