// DATA (RFC 5321 §4.1.1.4): the queue program is started before 354, the message streams into it as it comes, and the
// envelope goes last. A message that is refused, or whose client leaves in the middle, has queued nothing.

import type { Trace } from '../../mail/index.ts';
import { equalsIgnoringCase, toOctets } from '../../text/index.ts';
import { outcomeAnswer } from '../outcome.ts';
import { receive } from '../reception.ts';
import { type Answer, type InTransaction, type SessionState, speak, wording } from '../state.ts';

export async function data(session: InTransaction): Promise<Answer> {
  const { config, services, transaction } = session;
  if (transaction.recipients.length === 0) return 'wantRcpt';
  (session as SessionState).transaction = null;
  const handOff = await services.queue.open();
  if (!handOff)
    return { reply: wording(session, 'queueUnavailable'), rule: 'queue', why: 'it cannot be started' };
  speak(session, wording(session, 'data'));
  const trace = config.profile.received(traceOf(session, services.clock()));
  const arrived = await receive(session, handOff, toOctets(trace));
  if ('refusal' in arrived) return arrived.refusal;
  const outcome = await handOff.commit(transaction);
  if (outcome.kind === 'queued') {
    session.messages += 1;
    session.commandsWithoutMail = 0;
    services.log({
      event: 'accepted',
      octets: arrived.octets,
      recipients: transaction.recipients.length,
      id: handOff.id,
      reversePath: transaction.reversePath,
    });
  }
  return outcomeAnswer(outcome, {
    dialect: config.profile.dialect,
    queued: `ok ${Math.floor(services.clock() / 1000)} qp ${handOff.id}`,
  });
}

function traceOf({ config, helo }: SessionState, at: number): Trace {
  const { client, profile } = config;
  const { host, ip, info } = client;
  const base = { host, ip, info, at };
  if (profile.ownTrace) {
    return {
      ...base,
      helo: helo?.name ?? null,
      by: config.hostName,
      protocol: helo?.esmtp ? 'ESMTP' : 'SMTP',
    };
  }
  // qmail mentions the name only when it is not the one the network knows (qmail-smtpd.c: dohelo()).
  const fake = helo !== null && !equalsIgnoringCase(helo.name, host);
  return { ...base, helo: fake ? helo.name : null, by: client.localName, protocol: 'SMTP' };
}
