// The policy of a session with rules: hooks first, qmail's controls where they are silent (docs/mfl.md, composition). One per session;
// it remembers variables, tags and what hooks have decided about the transaction. A hook that fails answers 451 and is
// logged with its place; nothing it does accepts by accident, and "accept" alone does not relay.

import type {
  Decision,
  Facts,
  Policy,
  Verdict as QmailVerdict,
  RcptFacts,
  Ruling,
  Stage,
} from '../../policy/index.ts';
import { rulingOf } from '../../policy/index.ts';
import type {
  Answer,
  Effect,
  HookName,
  HookRun,
  Lookup,
  loadInterpreter,
  Program,
  RuntimeFault,
  Value,
  Variables,
} from '../../rules/index.ts';
import type { SessionEvent } from '../../session/index.ts';
import { type Fixed, propertyOf } from './properties.ts';
import { decisionOf, editsOf } from './ruling.ts';

export interface RulePolicyOptions {
  readonly program: Program;
  readonly driveHook: Awaited<ReturnType<typeof loadInterpreter>>['driveHook'];
  readonly fixed: Fixed;
  /** qmail's controls at RCPT. */
  readonly chain: (facts: RcptFacts) => QmailVerdict;
  /** Whether mail for a host is accepted anyway; not asked for relaying clients. */
  readonly isOurs: (host: string) => boolean;
  readonly relayClient: boolean;
  readonly answer: (lookup: Lookup, facts: Facts) => Promise<Answer>;
  readonly report: (effect: Extract<Effect, { effect: 'report' }>) => Promise<void>;
  readonly log: (event: SessionEvent) => void;
}

const NO_VARIABLES: Variables = { session: {}, transaction: {} };

/** Stages at which a decision can no longer be heard, or was made by somebody else. */
const OBSERVED: readonly HookName[] = ['init', 'queued', 'denied', 'disconnect'];

type Failed = Extract<HookRun, { end: 'failed' }>;

export interface RulePolicy extends Policy {
  /** Runs `init`, before anything else: what it sets, or the fault that keeps the session from starting. */
  init(facts: Facts): Promise<Ruling | RuntimeFault>;
}

export function rulePolicy(options: RulePolicyOptions): RulePolicy {
  const { program } = options;
  const has = (hook: HookName): boolean => (program.hooks[hook]?.length ?? 0) > 0;
  const atMessage = has('message') || has('deliver') || program.main !== null;
  const memory = {
    tags: new Map<string, string>(),
    controls: new Map<string, Value>(),
    relay: options.relayClient,
    isOurs: (host: string): boolean => {
      const own = memory.controls.get('local_domains');
      return (Array.isArray(own) && own.includes(host)) || options.isOurs(host);
    },
  };
  let variables = NO_VARIABLES;
  let senderAccepted = false;

  async function run(hook: HookName, facts: Facts, values: readonly Value[]): Promise<HookRun> {
    const { transaction, message } = facts;
    const ran = await options.driveHook(
      program,
      {
        hook,
        arguments: values,
        properties: (name) => propertyOf(name, facts, options.fixed, memory),
        message: message && {
          fields: message.fields,
          ...(message.complete ? { size: message.complete.octets } : {}),
        },
        envelope: transaction && { from: transaction.reversePath, to: recipientsOf(hook, facts) },
        variables,
        now: facts.now,
      },
      (lookup) => options.answer(lookup, facts),
    );
    if (ran.end === 'done') variables = ran.variables;
    await note(ran);
    return ran;
  }

  async function note(ran: HookRun): Promise<void> {
    if (ran.end === 'needs') return;
    for (const effect of ran.effects) {
      if (effect.effect === 'log') {
        options.log({ event: 'note', level: effect.level, text: effect.text, where: effect.where });
      } else if (effect.effect === 'tag') memory.tags.set(effect.name, effect.value);
      else if (effect.effect === 'report') await options.report(effect);
      else if (effect.effect === 'control') memory.controls.set(effect.name, effect.value);
      else if (effect.effect === 'property' && effect.name === 'client.relay')
        memory.relay = effect.value === true;
    }
    if (ran.end === 'failed') {
      options.log({ event: 'note', level: 'error', text: ran.fault.message, where: ran.fault.where });
    } else if (ran.log !== undefined) {
      options.log({ event: 'note', level: 'info', text: ran.log, where: ran.where ?? '' });
    }
  }

  async function decide(stage: Stage, facts: Facts): Promise<Ruling> {
    if (stage === 'mail') {
      variables = { ...variables, transaction: {} };
      senderAccepted = false;
    }
    if (!has(stage) && !(stage === 'message' && program.main !== null)) return undecided(stage, facts);
    const ran = await run(stage, facts, valuesFor(stage, facts));
    if (ran.end === 'needs') throw new Error('a run was left open');
    const edits = editsOf(ran.effects);
    if (ran.end === 'failed') return { ...edits, ...failure(ran, stage, facts) };
    const { verdict, where } = ran;
    if (OBSERVED.includes(stage) && verdict.verdict !== 'drop')
      return { ...edits, decision: { kind: 'proceed' } };
    if (verdict.verdict === 'undecided' || verdict.verdict === 'user-filter') {
      return { ...undecided(stage, facts), ...edits };
    }
    if (verdict.verdict !== 'accept')
      return { ...edits, decision: decisionOf(verdict, stage, where ?? stage) };
    if (stage === 'mail') senderAccepted = true;
    const mayPass = stage !== 'rcpt' || verdict.scope !== 'plain' || isSafe(facts.subject);
    return { ...edits, decision: mayPass ? { kind: 'proceed' } : unsafe(where) };
  }

  // A plain "accept" counts for our own hosts and for clients that may relay; anybody else has to say :relay.
  function isSafe(address: string): boolean {
    const at = address.lastIndexOf('@');
    return memory.relay || at < 0 || memory.isOurs(address.slice(at + 1).toLowerCase());
  }

  function unsafe(where: string | null): Decision {
    options.log({
      event: 'note',
      level: 'error',
      text: 'accept without :relay for a host that is not ours',
      where: where ?? '',
    });
    const verdict = { verdict: 'reject', text: 'I do not relay to that domain' } as const;
    return decisionOf(verdict, 'rcpt', where ?? 'rcpt');
  }

  function undecided(stage: Stage, facts: Facts): Ruling {
    if (stage !== 'rcpt') return { decision: { kind: 'proceed' } };
    if (memory.relay && !options.relayClient) return { decision: { kind: 'proceed' } };
    const { transaction, subject } = facts;
    const at = subject.lastIndexOf('@');
    const added = at >= 0 && memory.isOurs(subject.slice(at + 1).toLowerCase());
    const verdict = options.chain({
      reversePath: transaction?.reversePath ?? '',
      forwardPath: subject,
      senderAccepted,
    });
    const open = added || memory.controls.get('open_relay') === true;
    if (open && verdict.kind === 'reject' && verdict.rule !== 'badmailfrom')
      return { decision: { kind: 'proceed' } };
    return rulingOf(verdict);
  }

  function failure(ran: Failed, stage: Stage, facts: Facts): Ruling {
    const how = memory.controls.get('on_error') ?? 'tempfail';
    if (OBSERVED.includes(stage)) return { decision: { kind: 'proceed' } };
    if (how === 'undecided') return undecided(stage, facts);
    const verdict =
      how === 'reject'
        ? ({ verdict: 'reject', code: 554, status: '5.3.0', text: 'Policy failure' } as const)
        : ({
            verdict: 'defer',
            code: stage === 'connect' ? 421 : 451,
            status: '4.3.0',
            text: 'Temporary policy failure',
          } as const);
    return { decision: decisionOf(verdict, stage, ran.fault.where) };
  }

  return {
    speaksAt: (stage) =>
      stage === 'rcpt' || stage === 'mail' || has(stage) || (stage === 'message' && atMessage),
    holds: atMessage ? 'message' : has('headers') ? 'header' : 'nothing',
    async ask(stage, facts) {
      const ruling = await decide(stage, facts);
      return stage === 'message' && ruling.decision.kind === 'proceed' && has('deliver')
        ? deliverEach(ruling, facts)
        : ruling;
    },
    async init(facts) {
      if (!has('init')) return { decision: { kind: 'proceed' } };
      const ran = await run('init', facts, []);
      if (ran.end === 'failed') return ran.fault;
      return { decision: { kind: 'proceed' }, ...editsOf(ran.end === 'done' ? ran.effects : []) };
    },
  };

  // One reply has to do for all recipients: all refuse and it is refused, some and the client has to come back (docs/mfl.md).
  async function deliverEach(ruling: Ruling, facts: Facts): Promise<Ruling> {
    const recipients = facts.transaction?.recipients ?? [];
    const refusals: Decision[] = [];
    const dropped: string[] = [];
    let edits: Ruling = ruling;
    for (const address of recipients) {
      const about = { ...facts, subject: address };
      const ran = await run('deliver', about, [address]);
      if (ran.end === 'needs') throw new Error('a run was left open');
      const decision =
        ran.end === 'failed'
          ? failure(ran, 'message', about).decision
          : decisionOf(ran.verdict, 'message', ran.where ?? 'deliver');
      if (decision.kind === 'discard') dropped.push(address);
      else if (decision.kind !== 'proceed') refusals.push(decision);
      edits = merged(edits, editsOf(ran.effects));
    }
    const [first] = refusals;
    if (first !== undefined) {
      const all = refusals.length + dropped.length === recipients.length;
      return { ...edits, decision: all ? first : mixed() };
    }
    if (dropped.length === recipients.length)
      return { ...edits, decision: { kind: 'discard', why: 'deliver' } };
    const removed = dropped.map((address) => ({ edit: 'remove-rcpt', address }) as const);
    return { ...edits, envelope: [...(edits.envelope ?? []), ...removed] };
  }

  function mixed(): Decision {
    const text = 'The recipients disagree about this message; send it to each of them by itself';
    return decisionOf({ verdict: 'defer', code: 451, status: '4.5.3', text }, 'message', 'deliver');
  }
}

function merged(one: Ruling, more: Omit<Ruling, 'decision'>): Ruling {
  return {
    ...one,
    delay: (one.delay ?? 0) + (more.delay ?? 0),
    envelope: [...(one.envelope ?? []), ...(more.envelope ?? [])],
    header: [...(one.header ?? []), ...(more.header ?? [])],
  };
}

function recipientsOf(hook: HookName, { transaction, subject }: Facts): readonly string[] {
  return hook === 'rcpt' || hook === 'deliver' ? [subject] : (transaction?.recipients ?? []);
}

function valuesFor(stage: Stage, { subject, rest, denied }: Facts): readonly Value[] {
  if (stage === 'unrecognized') return [subject, rest ?? ''];
  if (stage === 'denied') return denied ? [denied.stage, denied.code, denied.text] : ['', 0, ''];
  return stage === 'connect' || stage === 'data' || stage === 'headers' || stage === 'message'
    ? []
    : [subject];
}
