// The policy of a session with rules: hooks first, qmail's controls where they are silent (docs/mfl.md, composition). One per session;
// it remembers variables, tags and what hooks have decided about the transaction. A hook that fails answers 451 and is
// logged with its place; nothing it does accepts by accident, and "accept" alone does not relay.

import type {
  Decision,
  Facts,
  MessageFacts,
  Policy,
  PolicyControls,
  Ruling,
  Stage,
} from '../../policy/index.ts';
import { rcptChain, rulingOf } from '../../policy/index.ts';
import type {
  Answer,
  driveHook,
  Effect,
  HookName,
  HookRun,
  Lookup,
  Program,
  RuntimeFault,
  Value,
  Variables,
} from '../../rules/index.ts';
import type { SessionEvent } from '../../session/index.ts';
import { editedMessage, headerEdits } from './header.ts';
import { domainOf, type Fixed, hasDomain, propertyOf } from './properties.ts';
import { decisionOf, editsOf } from './ruling.ts';

export interface RulePolicyOptions {
  readonly program: Program;
  readonly driveHook: typeof driveHook;
  readonly fixed: Fixed;
  /** qmail's: they judge what hooks have left open. */
  readonly controls: PolicyControls;
  /** @param milliseconds after which nobody waits for it any longer */
  readonly answer: (lookup: Lookup, facts: Facts, milliseconds: number) => Promise<Answer>;
  /** May reject: feedback that is lost is only logged. */
  readonly report: (effect: Extract<Effect, { effect: 'report' }>) => Promise<void>;
  readonly log: (event: SessionEvent) => void;
}

const NO_VARIABLES: Variables = { session: {}, transaction: {} };

/** Stages at which a decision can no longer be heard, or was made by somebody else. */
const OBSERVED: readonly HookName[] = ['init', 'queued', 'denied', 'disconnect'];

const IN_TRANSACTION: readonly HookName[] = ['mail', 'rcpt', 'data', 'headers', 'message', 'deliver'];

/** What rules have set, for as long as it holds. */
interface Scope {
  readonly controls: Map<string, Value>;
  relay: boolean | null;
}

/** Seconds that rules may slow one session down altogether (docs/mfl.md, actions). */
const LONGEST_DELAY = 300;

type Failed = Extract<HookRun, { end: 'failed' }>;

export interface RulePolicy extends Policy {
  /** Tags that hooks have set, for the last line of the log. */
  readonly tags: ReadonlyMap<string, string>;
  /** Runs `init`, before anything else: what it sets, or the fault that keeps the session from starting. */
  init(facts: Facts): Promise<Ruling | RuntimeFault>;
}

export function rulePolicy(options: RulePolicyOptions): RulePolicy {
  const { program, controls } = options;
  const chain = rcptChain(controls);
  const isRelayClient = controls.relayClient !== null;
  const has = (hook: HookName): boolean => (program.hooks[hook]?.length ?? 0) > 0;
  const atMessage = has('message') || has('deliver') || program.main !== null;
  // What is set while a transaction is open ends with it.
  let forSession: Scope = { controls: new Map(), relay: null };
  /** As it was before the client had said anything, for forget(). */
  let untouched: {
    readonly scope: Scope;
    readonly variables: Variables;
    readonly tags: ReadonlyMap<string, string>;
  } | null = null;
  /** By login or certificate. */
  let mayRelay = false;
  let forTransaction: Scope = { controls: new Map(), relay: null };
  const memory = {
    tags: new Map<string, string>(),
    control: (name: string): Value | undefined =>
      forTransaction.controls.get(name) ?? forSession.controls.get(name),
    get relay(): boolean {
      return forTransaction.relay ?? forSession.relay ?? (isRelayClient || mayRelay);
    },
    isOurs: (host: string): boolean => isAdded(host) || controls.isOurs?.(host) === true,
  };
  const complaints = new Set<string>();
  let variables = NO_VARIABLES;
  let senderAccepted = false;
  let delayed = 0;
  /** What was last known of the message, for `queued`. */
  let seen: MessageFacts | null = null;
  /** What the hooks of the stage have done to the header so far. */
  let headerEffects: readonly Effect[] = [];

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
      async (lookup, milliseconds) => {
        const answer = await options.answer(lookup, facts, milliseconds);
        if (!answer.ok && lookup.group === 'reputation') complain(hook, answer.reason);
        return answer;
      },
    );
    if (ran.end === 'done') variables = ran.variables;
    await note(hook, ran);
    return ran;
  }

  // Of a run that failed nothing is done but what it wanted to be read.
  async function note(hook: HookName, ran: HookRun): Promise<void> {
    if (ran.end === 'needs') return;
    for (const effect of ran.effects) {
      if (effect.effect === 'log') {
        options.log({ event: 'note', level: effect.level, text: effect.text, where: effect.where });
      } else if (ran.end === 'done') await perform(hook, effect);
    }
    if (ran.end === 'failed') {
      options.log({ event: 'note', level: 'error', text: ran.fault.message, where: ran.fault.where });
    } else if (ran.log !== undefined) {
      options.log({ event: 'note', level: 'info', text: ran.log, where: ran.where ?? '' });
    }
  }

  async function perform(hook: HookName, effect: Effect): Promise<void> {
    const scope = IN_TRANSACTION.includes(hook) ? forTransaction : forSession;
    if (effect.effect === 'tag') memory.tags.set(effect.name, effect.value);
    else if (effect.effect === 'control') scope.controls.set(effect.name, effect.value);
    else if (effect.effect === 'property' && effect.name === 'client.relay')
      scope.relay = effect.value === true;
    else if (effect.effect === 'report') {
      await options.report(effect).catch((error) => complain(hook, String(error?.message ?? error)));
    }
  }

  // What could not be found out or kept is told once a session.
  function complain(where: string, text: string): void {
    if (complaints.has(text)) return;
    complaints.add(text);
    options.log({ event: 'note', level: 'warning', text, where });
  }

  async function decide(stage: Stage, facts: Facts): Promise<Ruling> {
    ({ mayRelay } = facts);
    if (stage !== 'connect') {
      untouched ??= {
        scope: { controls: new Map(forSession.controls), relay: forSession.relay },
        variables,
        tags: new Map(memory.tags),
      };
    }
    if (stage === 'mail') {
      variables = { ...variables, transaction: {} };
      forTransaction = { controls: new Map(), relay: null };
      senderAccepted = false;
      seen = null;
    }
    seen = facts.message ?? seen;
    headerEffects = [];
    if (!has(stage) && !(stage === 'message' && program.main !== null)) return undecided(stage, facts);
    const known = stage === 'queued' ? { ...facts, message: queuedAs(facts.subject) } : facts;
    const ran = await run(stage, known, valuesFor(stage, facts));
    if (ran.end === 'needs') throw new Error('a run was left open');
    if (ran.end === 'failed') return failure(ran, stage, facts);
    headerEffects = ran.effects;
    const edits = { ...slowed(editsOf(ran.effects)), ...headerEdits(facts.message, headerEffects) };
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

  function queuedAs(queueId: string): MessageFacts {
    return { ...(seen ?? { fields: [], headerOctets: 0, hops: 0, complete: null }), queueId };
  }

  function slowed<Edits extends { readonly delay?: number }>(edits: Edits): Edits {
    if (edits.delay === undefined) return edits;
    const delay = Math.min(edits.delay, LONGEST_DELAY - delayed);
    delayed += delay;
    return { ...edits, delay };
  }

  // A plain "accept" counts for our own hosts and for clients that may relay; anybody else has to say :relay.
  function isSafe(address: string): boolean {
    return memory.relay || !hasDomain(address) || memory.isOurs(domainOf(address));
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
    const { transaction, subject } = facts;
    const reversePath = transaction?.reversePath ?? '';
    const verdict = chain({ reversePath, forwardPath: subject, senderAccepted, mayRelay });
    const open = memory.relay || isOpen(subject);
    if (verdict.kind === 'reject' && (verdict.rule === 'badmailfrom' || !open)) return rulingOf(verdict);
    // A rule may also have taken away what RELAYCLIENT or a login gave.
    const taken = (isRelayClient || mayRelay) && !open && !isSafe(subject);
    return taken ? { decision: { kind: 'refuse', rule: 'rcpthosts' } } : { decision: { kind: 'proceed' } };
  }

  // What rules have added to rcpthosts.
  function isAdded(host: string): boolean {
    const own = memory.control('local_domains');
    return Array.isArray(own) && own.includes(host);
  }

  function isOpen(address: string): boolean {
    if (memory.control('open_relay') === true) return true;
    return hasDomain(address) && isAdded(domainOf(address));
  }

  function failure(ran: Failed, stage: Stage, facts: Facts): Ruling {
    const how = memory.control('on_error') ?? 'tempfail';
    if (OBSERVED.includes(stage)) return { decision: { kind: 'proceed' } };
    if (how === 'undecided') return undecided(stage, facts);
    const verdict =
      how === 'reject'
        ? ({ verdict: 'reject', code: 554, status: '5.3.0', text: 'Policy failure' } as const)
        : ({
            verdict: 'defer',
            ...(stage === 'auth' || stage === 'starttls'
              ? { code: 454, status: '4.7.0' }
              : { code: stage === 'connect' ? 421 : 451, status: '4.3.0' }),
            text: 'Temporary policy failure',
          } as const);
    return { decision: decisionOf(verdict, stage, ran.fault.where) };
  }

  return {
    tags: memory.tags,
    speaksAt: (stage) =>
      stage === 'rcpt' ||
      stage === 'mail' ||
      has(stage) ||
      (stage === 'message' && atMessage) ||
      (stage === 'headers' && program.needs.headers),
    holds: atMessage ? 'message' : program.needs.headers ? 'header' : 'nothing',
    async ask(stage, facts) {
      const ruling = await decide(stage, facts);
      const delivers = stage === 'message' && ruling.decision.kind === 'proceed' && has('deliver');
      const settled = delivers ? await deliverEach(ruling, facts) : ruling;
      seen = editedMessage(seen, headerEffects);
      return settled;
    },
    forget() {
      if (untouched === null) return;
      const { scope, tags } = untouched;
      forSession = { controls: new Map(scope.controls), relay: scope.relay };
      ({ variables } = untouched);
      memory.tags.clear();
      for (const [name, value] of tags) memory.tags.set(name, value);
      mayRelay = false;
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
    const gone = (ruling.envelope ?? []).flatMap((edit) =>
      edit.edit === 'remove-rcpt' ? [edit.address] : [],
    );
    const recipients = (facts.transaction?.recipients ?? []).filter((address) => !gone.includes(address));
    const refusals: Decision[] = [];
    const dropped: string[] = [];
    let edits: Ruling = ruling;
    for (const address of recipients) {
      const message = editedMessage(facts.message, headerEffects);
      const about = { ...facts, subject: address, message };
      const ran = await run('deliver', about, [address]);
      if (ran.end === 'needs') throw new Error('a run was left open');
      const decision =
        ran.end === 'failed'
          ? failure(ran, 'message', about).decision
          : decisionOf(ran.verdict, 'message', ran.where ?? 'deliver');
      if (decision.kind === 'discard') dropped.push(address);
      else if (decision.kind !== 'proceed') refusals.push(decision);
      if (ran.end !== 'done') continue;
      headerEffects = [...headerEffects, ...ran.effects];
      edits = merged(edits, ofRecipient(address, slowed(editsOf(ran.effects))));
    }
    edits = { ...edits, ...headerEdits(facts.message, headerEffects) };
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

function merged(one: Ruling, more: Edits): Ruling {
  return {
    ...one,
    delay: (one.delay ?? 0) + (more.delay ?? 0),
    envelope: [...(one.envelope ?? []), ...(more.envelope ?? [])],
  };
}

type Edits = Omit<Ruling, 'decision'>;

// At `deliver` the recipient at hand is one of those there are already.
function ofRecipient(address: string, edits: Edits): Edits {
  const envelope = (edits.envelope ?? []).flatMap((edit) =>
    edit.edit === 'set-rcpt'
      ? ([
          { edit: 'remove-rcpt', address },
          { edit: 'add-rcpt', address: edit.address },
        ] as const)
      : [edit],
  );
  return { ...edits, envelope };
}

const WITHOUT_PARAMETERS: readonly Stage[] = ['connect', 'starttls', 'tls', 'data', 'headers', 'message'];

function recipientsOf(hook: HookName, { transaction, subject }: Facts): readonly string[] {
  return hook === 'rcpt' || hook === 'deliver' ? [subject] : (transaction?.recipients ?? []);
}

function valuesFor(stage: Stage, { subject, rest, denied }: Facts): readonly Value[] {
  if (stage === 'unrecognized') return [subject, rest ?? ''];
  if (stage === 'denied') return denied ? [denied.stage, denied.code, denied.text] : ['', 0, ''];
  return WITHOUT_PARAMETERS.includes(stage) ? [] : [subject];
}
