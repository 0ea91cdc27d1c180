// AUTH (RFC 4954): the dialogue of a mechanism in lines of base64, and what its end means for the session. What the client sends here
// goes to whoever checks it and nowhere else. Nobody is logged in by an error: a check that cannot be made is 454. Who
// fails waits for the reply, and at the next failure after AUTH_FAILURES the session is over.

import type { Authenticator, SaslContext, SaslExchange, SaslStep } from '../../sasl/index.ts';
import { fromBase64, toBase64 } from '../../sasl/index.ts';
import { TOO_LONG } from '../../smtp/index.ts';
import { ask } from '../asking.ts';
import type { SessionEvent } from '../events.ts';
import { AUTH_FAILURES, AUTH_LINE, LONGEST_AUTH_DELAY } from '../limits.ts';
import { mechanismsFor } from '../mechanisms.ts';
import { CONCEALED } from '../secrets.ts';
import { answered } from '../security-replies.ts';
import { patience, silenceAnswer } from '../silence.ts';
import { type Answer, type SessionState, speak } from '../state.ts';

export async function auth(session: SessionState, argument: string): Promise<Answer> {
  if (session.auth.user !== null) return answered(session, 'authTwice');
  if (session.transaction) return answered(session, 'authLate');
  const offered = mechanismsFor(session);
  if (offered.length === 0) return answered(session, 'authClear');
  const [name = '', initial, ...more] = argument.split(' ');
  if (name === '' || more.length > 0) return answered(session, 'authSyntax');
  const mechanism = name.toUpperCase();
  if (!offered.includes(mechanism)) return answered(session, 'authMechanism');
  const first = initial === undefined ? null : initial === '=' ? '' : fromBase64(initial);
  if (initial !== undefined && first === null) return answered(session, 'authEncoding');
  const exchange = await begin(session, mechanism, offered);
  if ('why' in exchange) return unavailable(session, { mechanism, user: '', why: exchange.why });
  const ended = await converse(session, exchange, first);
  if ('answer' in ended) return ended.answer;
  return settle(session, mechanism, ended);
}

async function begin(
  session: SessionState,
  mechanism: string,
  offered: readonly string[],
): Promise<SaslExchange | { readonly why: string }> {
  let authenticator: Authenticator;
  try {
    authenticator = await session.services.authenticator();
  } catch (error) {
    return { why: String((error as Error | null)?.message ?? error) };
  }
  const exchange = authenticator.start(mechanism, contextOf(session, offered));
  return exchange ?? { why: `nobody here knows ${mechanism}` };
}

function contextOf({ config, tls }: SessionState, offered: readonly string[]): SaslContext {
  const { client, hostName } = config;
  const { ip, port, localIp, localPort } = client;
  const canBind = offered.some((name) => name.endsWith('-PLUS'));
  return {
    secured: tls !== null,
    // Whoever could bind, and was told that we cannot, is right where we have not offered it (RFC 5802 §6).
    channelBinding: (type) => (canBind ? (tls?.channelBinding(type) ?? null) : null),
    hostName,
    remoteIp: ip === 'unknown' ? '' : ip,
    remotePort: port,
    localIp,
    localPort,
  };
}

/** The last step of an exchange, or what ended it before. */
type Ended = Exclude<SaslStep, { readonly step: 'challenge' }> | { readonly answer: Answer };

async function converse(session: SessionState, exchange: SaslExchange, first: string | null): Promise<Ended> {
  let step = await exchange.next(first);
  while (step.step === 'challenge') {
    const response = await responseTo(session, step.octets);
    if (typeof response !== 'string') {
      exchange.abort();
      return response;
    }
    step = await exchange.next(response);
  }
  if (step.step !== 'accepted' || step.data === undefined) return step;
  // RFC 4954 §4: data that come with success are one more challenge, to which there is nothing to say.
  const response = await responseTo(session, step.data);
  if (typeof response !== 'string') return response;
  return response === '' ? step : { step: 'malformed', user: step.user };
}

/** The client's next response, decoded. */
async function responseTo(
  session: SessionState,
  challenge: string,
): Promise<string | { readonly answer: Answer }> {
  speak(session, { code: 334, text: [toBase64(challenge)] });
  const line = await nextLine(session);
  if (typeof line !== 'string') return line;
  if (session.config.verbose) session.services.log({ event: 'said', by: 'client', text: CONCEALED });
  if (line === '*') return { answer: answered(session, 'authCancelled') };
  return fromBase64(line) ?? { answer: answered(session, 'authEncoding') };
}

async function nextLine(session: SessionState): Promise<string | { readonly answer: Answer }> {
  const { wire } = session;
  for (;;) {
    const line = wire.line();
    if (line === TOO_LONG || (line !== null && line.length > AUTH_LINE))
      return { answer: answered(session, 'authTooLong') };
    if (line !== null) return line;
    if (!(await wire.flush())) return { answer: { reply: null, end: 'client-left' } };
    const seconds = patience(session, session.config.timeouts.command);
    const silence = wire.take(await wire.next(seconds));
    if (silence) return { answer: silenceAnswer(session, silence) };
  }
}

function settle(
  session: SessionState,
  mechanism: string,
  ended: Exclude<Ended, { readonly answer: Answer }>,
): Answer | Promise<Answer> {
  const { step, user } = ended;
  if (step === 'malformed') return answered(session, 'authMalformed');
  if (step === 'unavailable') return unavailable(session, { mechanism, user, why: ended.why });
  const before = session.auth;
  if (step === 'accepted') session.auth = { ...before, mechanism, user };
  else session.auth = { ...before, mechanism, failures: before.failures + 1 };
  return ask(
    session,
    { stage: 'auth', subject: user },
    {
      proceed: () => (step === 'accepted' ? loggedIn(session, user) : failed(session, user)),
      refused: () => {
        if (step !== 'accepted') return report(session, { result: 'failed', user });
        session.auth = { user: null, mechanism, failures: before.failures + 1 };
        report(session, { result: 'failed', user, why: 'refused by a rule' });
      },
    },
  );
}

function loggedIn(session: SessionState, user: string): Answer {
  session.services.loggedIn(user);
  session.concealing = false;
  report(session, { result: 'ok', user });
  return answered(session, 'authOk');
}

async function failed(session: SessionState, user: string): Promise<Answer> {
  report(session, { result: 'failed', user });
  const { failures } = session.auth;
  if (failures > AUTH_FAILURES) return answered(session, 'authTooMany');
  await session.services.sleep(Math.min(failures, LONGEST_AUTH_DELAY));
  return answered(session, 'authFailed');
}

function unavailable(
  session: SessionState,
  { mechanism, ...what }: { readonly mechanism: string; readonly user: string; readonly why: string },
): Answer {
  session.auth = { ...session.auth, mechanism };
  report(session, { result: 'unavailable', ...what });
  return answered(session, 'authUnavailable');
}

function report(
  { auth: { mechanism }, services }: SessionState,
  what: Omit<Extract<SessionEvent, { event: 'auth' }>, 'event' | 'mechanism'>,
): void {
  services.log({ event: 'auth', mechanism, ...what });
}
