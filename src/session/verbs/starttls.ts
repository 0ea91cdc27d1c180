// STARTTLS (RFC 3207): certificates are looked at before 220, because afterwards there is no reply any more. What came behind the
// command was sent by anybody, and is thrown away unread; after the handshake all we know of the client is what TLS
// tells. A handshake that fails ends the session without a word.

import { ask, consult } from '../asking.ts';
import type { StartedTls, TlsReady } from '../ports.ts';
import { answered, SECURITY_REPLIES } from '../security-replies.ts';
import { type Answer, endTransaction, NO_LOGIN, type SessionState, speak } from '../state.ts';
import { wireOn } from '../wire.ts';

export async function starttls(session: SessionState, argument: string): Promise<Answer> {
  const { config, services } = session;
  if (argument !== '') return 'noArgument';
  if (session.tls !== null || config.tls === null) return answered(session, 'starttlsTwice');
  const ready = await services.tls(config.tls);
  if ('problem' in ready) {
    services.log({ event: 'fault', why: ready.problem });
    return answered(session, 'starttlsUnavailable');
  }
  return ask(session, { stage: 'starttls', subject: '' }, { proceed: () => secure(session, ready) });
}

async function secure(session: SessionState, ready: TlsReady): Promise<Answer> {
  const { log } = session.services;
  const discarded = session.wire.rest().length;
  speak(session, SECURITY_REPLIES.starttls[session.config.profile.name]);
  if (!(await session.wire.flush())) return { reply: null, end: 'client-left' };
  const started = await ready.start(session.channel);
  const noted = discarded === 0 ? {} : { discarded };
  if ('failure' in started) {
    log({ event: 'tls', result: 'failed', ...noted, why: started.failure });
    return { reply: null, end: 'tls-failed' };
  }
  const { version, cipher, sni, subject } = started.facts;
  log({ event: 'tls', result: 'ok', version, cipher, sni, subject, ...noted });
  beginAnew(session, started);
  return session.config.policy.speaksAt('tls') ? welcome(session) : NOTHING_SAID;
}

const NOTHING_SAID: Answer = { reply: null };

/** RFC 3207 §4.2: nothing that was heard before the handshake counts. */
function beginAnew(session: SessionState, started: StartedTls): void {
  session.base = session.fresh;
  endTransaction(session);
  session.config.policy.forget?.();
  session.helo = null;
  if (session.auth.user !== null) session.services.loggedIn(null);
  session.auth = NO_LOGIN;
  session.tls = started;
  session.startedTls = started;
  session.channel = started.channel;
  session.wire = wireOn(started.channel, session.fresh);
}

// There is no reply to a handshake: who is refused hears so at the next command, and at all but QUIT.
async function welcome(session: SessionState): Promise<Answer> {
  const { decision, delay = 0 } = await consult(session, { stage: 'tls', subject: '' });
  if (delay > 0) await session.services.sleep(delay);
  if (decision.kind !== 'reply') return NOTHING_SAID;
  if (decision.reply.close) return decision;
  session.turnedAway = decision;
  return NOTHING_SAID;
}
