// One SMTP session from greeting to end: read a line, find its verb, check the order of commands, run it, answer. Plain
// async code over the ports; it never throws, and whatever goes wrong inside is answered 4xx and ends the session.

import type { ControlFault } from '../control/index.ts';
import { type Command, parseCommand, type Reply, statusOf, TOO_LONG } from '../smtp/index.ts';
import { ask, consult, type Question } from './asking.ts';
import type { SessionConfig } from './config.ts';
import type { EndOfSession } from './events.ts';
import { REFUSALS_LOGGED } from './limits.ts';
import type { Channel, Secured, Services, StartedTls } from './ports.ts';
import type { ReplyName } from './replies.ts';
import { withoutSecrets } from './secrets.ts';
import { VERBS, type Verb } from './sequence.ts';
import { patience, silenceAnswer } from './silence.ts';
import {
  type Answer,
  endTransaction,
  type InTransaction,
  NO_LOGIN,
  type SessionState,
  type Spoken,
  speak,
  wording,
} from './state.ts';
import type { Told } from './verbs/xclient.ts';
import { wireOn } from './wire.ts';

export interface Ending {
  readonly how: EndOfSession;
  /** Exit status of a process that ran just this session: 0 after QUIT, else 1, as qmail-smtpd's. */
  readonly exit: 0 | 1;
  /** What comes next when it ended with XCLIENT; null in every other case. */
  readonly handover: Handover | null;
}

/**
 * For the next session on the same channel, which greets anew: who the client is, and the octets that came behind the
 * command. They are its first commands, for XCLIENT may be pipelined; thrown away, one of them could be cut in two.
 */
export interface Handover {
  readonly told: Told;
  readonly rest: Uint8Array;
  /** The channel as the session leaves it: with TLS, where the proxy has started that. */
  readonly channel: Channel;
  readonly secured: Secured | null;
  /** To be closed by whoever ends the connection; null where the session has not started it. */
  readonly started: StartedTls | null;
}

export async function session(config: SessionConfig, services: Services): Promise<Ending> {
  const { profile } = config;
  const state: SessionState = {
    config,
    base: config,
    services,
    fresh: config,
    channel: services.channel,
    wire: wireOn(services.channel, config),
    tls: config.secured ?? null,
    startedTls: null,
    auth: NO_LOGIN,
    started: services.clock(),
    helo: config.helo ?? null,
    told: null,
    transaction: null,
    messages: 0,
    commands: 0,
    errors: 0,
    refusedRecipients: 0,
    commandsWithoutMail: 0,
    turnedAway: null,
    concealing: false,
  };
  services.log({ event: 'connect', profile: profile.name });
  let how: EndOfSession;
  try {
    how = (await welcome(state)) ?? (await dialogue(state));
  } catch (error) {
    how = stumble(state, error);
  }
  await state.wire.flush();
  await partingWord(state, how);
  services.log({
    event: 'end',
    how,
    messages: state.messages,
    refused: state.errors,
    seconds: Math.round((services.clock() - state.started) / 1000),
  });
  const { told, channel, tls: secured, startedTls: started } = state;
  const handover =
    told === null ? null : { told, rest: Uint8Array.from(state.wire.rest()), channel, secured, started };
  if (handover === null) await started?.close();
  return { how, exit: how === 'quit' ? 0 : 1, handover };
}

// Nothing the policy says now can be heard; what goes wrong in it is told to the log.
async function partingWord(state: SessionState, how: EndOfSession): Promise<void> {
  if (!state.config.policy.speaksAt('disconnect')) return;
  try {
    await consult(state, { stage: 'disconnect', subject: how });
  } catch (error) {
    state.services.log({ event: 'fault', why: describeFault(error) });
  }
}

function greeting({ profile, hostName, greetingText }: SessionConfig): Reply {
  if (!profile.strict) return { code: 220, text: [`${hostName} ESMTP`] };
  const first = `${hostName} ESMTP mvmtr`;
  // Some clients judge a server by the form of the last line, so the administrator's text never comes last.
  const text: Reply['text'] =
    greetingText.length === 0 ? [first] : [first, ...greetingText, `${hostName} ESMTP`];
  return { code: 220, text };
}

async function welcome(state: SessionState): Promise<EndOfSession | null> {
  const { ip } = state.config.client;
  const greeted = (): Answer => ({ reply: greeting(state.config) });
  const refused = (): void => {
    state.turnedAway = 'turnedAway';
  };
  const answer = await ask(
    state,
    { stage: 'connect', subject: ip },
    {
      proceed: () =>
        state.tls === null ? greeted() : ask(state, AFTER_HANDSHAKE, { proceed: greeted, refused }),
      refused,
    },
  );
  state.fresh = state.base;
  return settle(state, answer, { verb: 'connect', argument: '' });
}

const AFTER_HANDSHAKE: Question = { stage: 'tls', subject: '' };

async function dialogue(state: SessionState): Promise<EndOfSession> {
  for (;;) {
    const line = state.wire.line();
    if (line === null) {
      const { wire } = state;
      const flushed = wire.flush();
      if (flushed !== true && !(await flushed)) return 'client-left';
      const silence = wire.take(await wire.next(patience(state, secondsToWait(state))));
      if (silence) return conclude(state, silenceAnswer(state, silence), NO_COMMAND) ?? 'client-left';
      continue;
    }
    const command = line === TOO_LONG ? NO_COMMAND : parseCommand(line);
    const shown = withoutSecrets(state, command);
    if (state.config.verbose && line !== TOO_LONG) {
      // A command ends at a NUL, and what is behind that one of AUTH has not been looked at.
      const isOpen = shown === command && !(state.concealing && line.includes('\0'));
      state.services.log({ event: 'said', by: 'client', text: isOpen ? line : shownText(shown) });
    }
    let end: EndOfSession | null;
    try {
      const running = line === TOO_LONG ? 'lineTooLong' : obey(state, command, shown);
      const answer = typeof running === 'object' && 'then' in running ? await running : running;
      end = state.config.policy.speaksAt('denied')
        ? await settle(state, answer, shown)
        : conclude(state, answer, shown);
    } finally {
      if (state.transaction?.closing) endTransaction(state);
    }
    if (end) return end;
    if (state.wire.full && !(await state.wire.flush())) return 'client-left';
  }
}

function secondsToWait({ helo, config }: SessionState): number {
  return helo === null ? config.timeouts.helo : config.timeouts.command;
}

const shownText = ({ verb, argument }: Command): string => `${verb} ${argument}`.trim();

const NO_COMMAND: Command = { verb: '', argument: '' };

// Finds the verb and holds it to its law, then lets it work.
function obey(state: SessionState, { verb, argument }: Command, shown: Command): Answer | Promise<Answer> {
  const known = verbOf(state, verb);
  state.commands += 1;
  if (state.turnedAway !== null && verb !== 'quit') return state.turnedAway;
  if (!known?.mail) {
    state.commandsWithoutMail += 1;
    if (state.commandsWithoutMail > state.config.limits.commandsWithoutMail && verb !== 'quit')
      return 'tooManyCommands';
  }
  if (!known) {
    const question = { stage: 'unrecognized', subject: shown.verb, rest: shown.argument } as const;
    return ask(state, question, { proceed: () => 'unimplemented' });
  }
  if (state.config.requireTls && state.tls === null && !known.inClear) return 'wantTls';
  if (known.bare && argument !== '' && state.config.profile.strict) return 'noArgument';
  if (known.needs !== 'transaction') return known.run(state, argument);
  return state.transaction ? known.run(state as InTransaction, argument) : 'wantMail';
}

function verbOf({ config }: SessionState, name: string): Verb | undefined {
  const verb = VERBS.get(name);
  return verb?.where === undefined || config[verb.where] ? verb : undefined;
}

function spokenOf(state: SessionState, answer: Answer): Spoken {
  return typeof answer === 'string' ? { reply: wording(state, answer), rule: answer } : answer;
}

// Says the answer and keeps the books; the end of the session if this was it.
function conclude(state: SessionState, answer: Answer, command: Command): EndOfSession | null {
  const { reply, rule, why, end } = spokenOf(state, answer);
  if (reply === null) return end ?? null;
  speak(state, reply);
  const over = end ?? (reply.close ? 'refused' : null);
  if (reply.code < 400) return over;
  state.errors += 1;
  if (state.errors <= REFUSALS_LOGGED || over !== null) {
    state.services.log({
      event: 'refused',
      stage: command.verb,
      code: reply.code,
      rule: rule ?? 'unknown',
      argument: command.argument,
      ...(why === undefined ? {} : { why }),
      ...(state.transaction ? { reversePath: state.transaction.reversePath } : {}),
    });
  }
  if (over !== null) return over;
  return state.errors > state.config.limits.errors ? conclude(state, 'tooManyErrors', NO_COMMAND) : null;
}

// As conclude(). And the policy may take note of a refusal, slow the client down, or have enough of it.
async function settle(state: SessionState, answer: Answer, command: Command): Promise<EndOfSession | null> {
  const end = conclude(state, answer, command);
  const refusal = state.config.policy.speaksAt('denied') ? refusalIn(state, answer, command) : null;
  if (refusal === null) return end;
  if (end !== null) {
    await consult(state, refusal); // the last word has been said
    return end;
  }
  const further = await ask(state, refusal, { proceed: () => NOTHING_MORE });
  return further === NOTHING_MORE ? null : conclude(state, further, NO_COMMAND);
}

function refusalIn(state: SessionState, answer: Answer, { verb }: Command): Question | null {
  const { reply, rule = '' }: Spoken = spokenOf(state, answer);
  if (reply === null || reply.code < 400) return null;
  // A place in the rules is "file:line"; all other names are ours.
  const layer = CONTROLS.includes(rule) ? 'qmail' : rule.includes(':') ? 'rule' : 'protocol';
  return {
    stage: 'denied',
    subject: verb,
    denied: {
      stage: verb,
      code: reply.code,
      status: statusOf(reply),
      text: reply.text.join(' '),
      layer,
      place: layer === 'rule' ? rule : '',
    },
  };
}

const NOTHING_MORE: Spoken = { reply: null };

/** Refusals that come from qmail's control files. */
const CONTROLS: readonly string[] = [
  'badmailfrom',
  'rcpthosts',
  'unconfigured',
  'databytes',
] satisfies ReplyName[];

// Something was thrown: a control file that cannot be read (see ControlFault), or a fault of our own.
function stumble(state: SessionState, error: unknown): EndOfSession {
  const name: ReplyName = isControlFault(error) ? 'controls' : 'internal';
  speak(state, wording(state, name));
  state.services.log({ event: 'fault', why: describeFault(error) });
  return 'fault';
}

function isControlFault(error: unknown): error is ControlFault {
  return typeof error === 'object' && error !== null && (error as ControlFault).fault === 'control';
}

function describeFault(error: unknown): string {
  if (isControlFault(error)) return `${error.file}: ${error.reason}`;
  return String((error as Error | null)?.stack ?? error);
}
