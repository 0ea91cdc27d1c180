// Who answers what rules ask the world: DNS, tables, the store of states, the inside of the message. Answers are remembered for the
// session, so that a rule that runs again sees the same world; what is nobody's comes back as not available.

import type { Resolver } from '../../dns/index.ts';
import type { Facts } from '../../policy/index.ts';
import { type Answer, type Effect, type Lookup, loadMime, loadRegex } from '../../rules/index.ts';
import { fromOctets } from '../../text/index.ts';

// Each is loaded by the first question for it: rules that ask nothing of the kind do not pay for it.
const loadDns = () => import('./dns.ts');
const loadMaps = () => import('../../maps/index.ts');
const loadState = () => import('../../reputation/index.ts');

/** Octets of a message that the body tests get to see (docs/mfl.md, limits). */
const BODY_OCTETS = 10 * 1024 * 1024;

/** Milliseconds for an answer, where the one who asks does not say. */
const LONGEST_WAIT = 20_000;

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
  readonly resolver?: Resolver | undefined;
}

export interface Lookups {
  /** Never takes longer than so many milliseconds. */
  answer(lookup: Lookup, facts: Facts, milliseconds?: number): Promise<Answer>;
  /** Rejects when it cannot be kept. */
  report(effect: Extract<Effect, { effect: 'report' }>): Promise<void>;
  close(): void;
}

export function openLookups({ clientIp, home, now, resolver: given }: LookupOptions): Lookups {
  let heloName = '';
  const dns = once(async () => {
    const { openDns } = await loadDns();
    return openDns({ home, resolver: given, clientIp, heloName: () => heloName });
  });
  const maps = once(async () => {
    const { mapAnswers, openMaps } = await loadMaps();
    return mapAnswers(openMaps({ directory: home, compileRegex: noRegex }));
  });
  const regexMaps = once(async () => {
    const [{ mapAnswers, openMaps }, { compileRegex }] = await Promise.all([loadMaps(), loadRegex()]);
    return mapAnswers(openMaps({ directory: home, compileRegex }));
  });
  const states = once(async () => {
    const { openState, report, reputation, stateAnswers } = await loadState();
    const state = openState({ directory: `${home}/state`, now });
    return {
      answers: stateAnswers(state),
      report: (what: Parameters<typeof report>[1]) => report(state, what),
      reputation: (key: string) => reputation(state, key),
    };
  });
  const known = new Map<string, Promise<Answer>>();
  let opened = false;

  async function find(lookup: Lookup, facts: Facts): Promise<Answer> {
    switch (lookup.question.kind) {
      case 'map': {
        const regex = lookup.question.uri.startsWith('regex:');
        const answers = await (regex ? regexMaps() : maps());
        return (await answers(lookup)) ?? notAvailable(lookup);
      }
      case 'function':
        return (await (await states()).answers(lookup)) ?? notAvailable(lookup);
      case 'body':
        return readBody(facts);
      case 'property':
        return lookup.question.name === 'client.reputation'
          ? (await states()).reputation(clientIp)
          : fromDns(lookup);
      default:
        return fromDns(lookup);
    }
  }

  async function fromDns(lookup: Lookup): Promise<Answer> {
    opened = true;
    return (await (await dns()).answers(lookup)) ?? notAvailable(lookup);
  }

  // The question is put once; who asks later waits for the same answer.
  function remembered(lookup: Lookup, facts: Facts): Promise<Answer> {
    const { question } = lookup;
    if (question.kind === 'body' || (question.kind === 'function' && CHANGING.includes(question.name))) {
      return find(lookup, facts);
    }
    // A name from the greeting is another one after another greeting.
    const key = lookup.key.includes('helo.') ? `${lookup.key} ${heloName}` : lookup.key;
    const before = known.get(key);
    if (before !== undefined) return before;
    const answer = find(lookup, facts);
    known.set(key, answer);
    return answer;
  }

  return {
    answer(lookup, facts, milliseconds = LONGEST_WAIT) {
      heloName = facts.helo?.name ?? '';
      return inTime(remembered(lookup, facts), milliseconds);
    },
    async report({ kind, key, weight, note }) {
      const kept = (await states()).report({ kind, key, weight, note });
      if (!kept.ok) throw new Error(kept.reason);
    },
    close() {
      // What could not be opened needs no closing.
      if (opened)
        dns().then(
          ({ cancel }) => cancel(),
          () => undefined,
        );
    },
  };
}

function inTime(answer: Promise<Answer>, milliseconds: number): Promise<Answer> {
  return new Promise((resolve) => {
    const give = (found: Answer): void => {
      clearTimeout(timer);
      resolve(found);
    };
    const fail = (reason: string): void => give({ ok: false, reason });
    const timer = setTimeout(() => fail(`no answer within ${milliseconds} ms`), milliseconds);
    answer.then(give, (error) => fail(String((error as Error | null)?.message ?? error)));
  });
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
