// A stub resolver: asks the name servers it is given, one after the other and round after round, until one of them
// knows for certain; it never asks anybody else. A question has a time limit as a whole, besides that of every
// try. What could not be found out is a tagged failure, never an absence. Follows RFC 1034 §5.3.1; aliases that a
// server leaves open are followed.

import type { Endpoint } from '../sys/index.ts';
import type { DnsAnswer, DnsFailure, DnsType, Resolver } from './answer.ts';
import { askServer, type ServerReply, type Transport } from './ask.ts';
import { type Judgement, judge } from './judge.ts';
import { askableName } from './name.ts';
import type { Question } from './wire.ts';

export interface ResolverOptions {
  readonly transport: Transport;
  /** In the order they are asked; the one that answered last is asked first. */
  readonly servers: readonly Endpoint[];
  /** Milliseconds for one try with one server. */
  readonly tryTime: number;
  /** How often each server is asked. */
  readonly rounds: number;
  /** Milliseconds for one question, all tries and aliases included. */
  readonly totalTime: number;
}

/** One question under way. */
interface Job {
  ended: DnsFailure | null;
  stop: () => void;
}

/** What the questions of one resolver share. */
interface Desk {
  readonly options: ResolverOptions;
  /** Index of the server that answered last. */
  preferred: number;
}

type TypedQuestion<Type extends DnsType> = Question & { readonly type: Type };

const CANCELLED: DnsFailure = { outcome: 'cancelled', reason: 'given up' };

export function stubResolver(options: ResolverOptions): Resolver {
  const desk: Desk = { options, preferred: 0 };
  const jobs = new Set<Job>();
  let cancelled = false;
  return {
    async resolve<Type extends DnsType>(text: string, type: Type): Promise<DnsAnswer<Type>> {
      if (cancelled) return CANCELLED;
      const name = askableName(text);
      if (name === null) return { outcome: 'not-a-name' };
      const job: Job = { ended: null, stop: () => {} };
      jobs.add(job);
      const timer = setTimeout(() => end(job, timeUp(name, options.totalTime)), options.totalTime);
      try {
        return await follow(desk, { name, type }, job);
      } finally {
        clearTimeout(timer);
        jobs.delete(job);
      }
    },
    cancel() {
      cancelled = true;
      for (const job of jobs) end(job, CANCELLED);
    },
  };
}

async function follow<Type extends DnsType>(
  desk: Desk,
  question: TypedQuestion<Type>,
  job: Job,
): Promise<DnsAnswer<Type>> {
  let { name } = question;
  let passed = 0;
  for (;;) {
    const judgement = await askInTurn(desk, { ...question, name, passed }, job);
    if (judgement.outcome !== 'alias') return judgement;
    ({ name, passed } = judgement);
  }
}

// Every server in turn, until one is certain.
async function askInTurn<Type extends DnsType>(
  desk: Desk,
  question: TypedQuestion<Type> & { readonly passed: number },
  job: Job,
): Promise<Judgement<Type>> {
  const { servers, rounds, transport, tryTime } = desk.options;
  const first = desk.preferred;
  let failure: DnsFailure = { outcome: 'unreachable', reason: 'there is no name server to ask' };
  for (let turn = 0; turn < rounds * servers.length; turn += 1) {
    const index = (first + turn) % servers.length;
    const server = servers[index] as Endpoint;
    const onStep = (stop: () => void): void => {
      job.stop = stop;
      if (job.ended) stop();
    };
    const reply = await askServer(question, { transport, server, milliseconds: tryTime, onStep });
    if (job.ended) return job.ended;
    const judgement = reply.kind === 'reply' ? judge(question, reply, question.passed) : failureFrom(reply);
    if (!('reason' in judgement)) {
      desk.preferred = index;
      return judgement;
    }
    failure = {
      ...judgement,
      reason: `${question.name} ${question.type}: ${judgement.reason} (${server.address})`,
    };
  }
  return failure;
}

function end(job: Job, failure: DnsFailure): void {
  job.ended ??= failure;
  job.stop();
}

function timeUp(name: string, milliseconds: number): DnsFailure {
  return { outcome: 'timeout', reason: `${name}: not answered within ${milliseconds} ms` };
}

function failureFrom(reply: Exclude<ServerReply, { kind: 'reply' }>): DnsFailure {
  if (reply.kind === 'stopped') return CANCELLED;
  if (reply.kind === 'timeout') return { outcome: 'timeout', reason: 'no answer' };
  return { outcome: reply.kind, reason: reply.reason };
}

/** Questions one session remembers; the oldest is forgotten first. */
const MOST_REMEMBERED = 1000;

/** The same question has the same answer for as long as this lives, failures included: rules must not see a name change. */
export function remembering(resolver: Resolver, most = MOST_REMEMBERED): Resolver {
  const known = new Map<string, Promise<unknown>>();
  return {
    resolve<Type extends DnsType>(name: string, type: Type): Promise<DnsAnswer<Type>> {
      const key = `${type} ${askableName(name) ?? ''}`;
      const before = known.get(key);
      if (before) return before as Promise<DnsAnswer<Type>>;
      const answer = resolver.resolve(name, type);
      known.set(key, answer);
      for (const oldest of known.keys()) {
        if (known.size <= most) break;
        known.delete(oldest);
      }
      return answer;
    },
    cancel: () => resolver.cancel(),
  };
}
