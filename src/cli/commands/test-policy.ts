// The policy of a simulated session: the program's own, with the rules under test, in a world whose DNS,
// tables and single facts are the test's. What hooks come to is noted on the way. Without rules it is
// qmail's policy alone.

import { type DnsAnswer, type DnsType, dnsAnswers, type Resolver } from '../../dns/index.ts';
import { addressKeys } from '../../maps/index.ts';
import {
  type Answer,
  driveHook,
  type Effect,
  type HookInput,
  type HookRun,
  type Lookup,
  type Program,
} from '../../rules/index.ts';
import type { SmtpWorld } from '../../rules/testsuite/index.ts';
import type { Configured } from '../../serve/configure.ts';
import { beforeAnything, type Lookups, openLookups, rulePolicy } from '../../serve/rules/index.ts';
import { type SessionConfig, type SessionEvent, withSettings } from '../../session/index.ts';
import { lowerAscii } from '../../text/index.ts';
import type { RunNoted } from './test-decision.ts';

export interface PolicySurroundings {
  readonly programs: readonly Program[];
  readonly config: Configured;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly world: () => SmtpWorld;
  readonly log: (event: SessionEvent) => void;
  readonly noteRun: (run: RunNoted) => void;
  readonly noteReport: (text: string) => void;
}

export type ReadyPolicy =
  | { readonly config: SessionConfig; readonly lookups: Lookups | null }
  | { readonly problem: string };

export async function policyFor(surroundings: PolicySurroundings): Promise<ReadyPolicy> {
  const { programs, config, home, env, world, log } = surroundings;
  const [program, ...more] = programs;
  if (program === undefined) return { config, lookups: null };
  if (more.length > 0) return { problem: 'test_rules takes one file; let it import the others' };
  const lookups = openLookups({ clientIp: config.client.ip, home, now: () => world().now });
  const policy = rulePolicy({
    program,
    driveHook: observedDriver(surroundings),
    fixed: { client: config.client, env, version: 'test', id: 'test' },
    controls: config.controls,
    answer: async (lookup, facts) =>
      (await fixtureAnswer(world(), lookup, {
        clientIp: config.client.ip,
        heloName: () => facts.helo?.name ?? '',
      })) ?? lookups.answer(lookup, facts),
    report: async (effect) => surroundings.noteReport(reportText(effect)),
    log,
  });
  const init = await policy.init(beforeAnything(config, world().now));
  if ('fault' in init) return { problem: `${init.where}: ${init.message}` };
  return { config: { ...withSettings(config, init.settings ?? {}), policy }, lookups };
}

/** The interpreter's driver with the test's facts in front of the session's, telling what each hook came to. */
function observedDriver({ world, noteRun }: PolicySurroundings): typeof driveHook {
  return async (program, input, answer, options) => {
    const { properties } = world();
    const ran = await driveHook(
      program,
      { ...input, properties: overlaid(properties, input) },
      answer,
      options,
    );
    noteRun(noted(input.hook, ran));
    return ran;
  };
}

function overlaid(
  facts: SmtpWorld['properties'],
  { properties }: Pick<HookInput, 'properties'>,
): HookInput['properties'] {
  return (name) => (Object.hasOwn(facts, name) ? facts[name] : properties(name));
}

function noted(hook: string, ran: HookRun): RunNoted {
  if (ran.end === 'failed') return { hook, verdict: 'error', where: ran.fault.where };
  if (ran.end === 'needs') return { hook, verdict: 'undecided', where: '' };
  return { hook, verdict: ran.verdict.verdict, where: ran.where ?? '' };
}

interface Asked {
  readonly clientIp: string;
  readonly heloName: () => string;
}

/** null when the test has nothing to say about it. Nothing of DNS is ever asked of the real one. */
async function fixtureAnswer(world: SmtpWorld, lookup: Lookup, asked: Asked): Promise<Answer | null> {
  const { question } = lookup;
  if (question.kind !== 'map') return dnsAnswers(fixtureResolver(world), asked)(lookup);
  const { uri, key, mode } = question;
  if (!Object.hasOwn(world.maps, uri)) return null;
  const table = world.maps[uri];
  if (table == null) return { ok: false, reason: `${uri}: temporary failure` };
  // As cdb tables are asked: the key as it is, then in lower case.
  const keys = (mode === 'address' ? addressKeys(key) : [key]).flatMap((each) => [each, lowerAscii(each)]);
  const found = keys.find((candidate) => Object.hasOwn(table, candidate));
  if (mode === 'has') return { ok: true, value: found !== undefined };
  return { ok: true, value: found === undefined ? '' : (table[found] ?? '') };
}

function fixtureResolver({ dns }: SmtpWorld): Resolver {
  return {
    async resolve<Type extends DnsType>(name: string, type: Type): Promise<DnsAnswer<Type>> {
      const key = `${type} ${name.toLowerCase().replace(/\.$/, '')}`;
      if (!Object.hasOwn(dns, key)) return { outcome: 'nxdomain' };
      const answers = dns[key];
      if (answers == null) return { outcome: 'servfail', reason: 'temporary failure' };
      if (answers.length === 0) return { outcome: 'nodata' };
      const records = answers.map((answer) => recordOf(type, answer));
      return { outcome: 'records', records } as DnsAnswer<Type>;
    },
    cancel() {},
  };
}

function recordOf(type: DnsType, answer: string): unknown {
  if (type === 'TXT') return [answer];
  if (type !== 'MX') return answer;
  const [, preference = '10', exchange = answer] = /^([0-9]+)\s+(\S+)$/.exec(answer) ?? [];
  return { preference: Number(preference), exchange: exchange === '.' ? '' : exchange };
}

function reportText({ kind, key, weight, note }: Extract<Effect, { readonly effect: 'report' }>): string {
  return `${kind} ${key} ${weight}${note === '' ? '' : ` ${note}`}`;
}
