// DATA (RFC 5321 §4.1.1.4): the queue program is started before 354 (unless the message is kept back for a verdict), the message
// streams into it as it comes, and the envelope goes last. A message that is refused, or whose client leaves in the
// middle, has queued nothing. Whatever comes of it, the transaction is closing, and the main loop ends it when that has been told.

import type { Trace } from '../../mail/index.ts';
import type { HandOff } from '../../queue/index.ts';
import type { Reply } from '../../smtp/index.ts';
import { equalsIgnoringCase, toOctets } from '../../text/index.ts';
import { ask, consult } from '../asking.ts';
import { openIntake, type Settled } from '../intake.ts';
import { outcomeAnswer } from '../outcome.ts';
import { receive } from '../reception.ts';
import { type Answer, type InTransaction, type SessionState, speak, wording } from '../state.ts';
import type { Transaction } from '../transaction.ts';

export function data(session: InTransaction): Answer | Promise<Answer> {
  const { transaction } = session;
  if (transaction.recipients.length + transaction.discarded === 0) return 'wantRcpt';
  return ask(
    session,
    { stage: 'data', subject: '' },
    {
      proceed: () => {
        transaction.closing = true;
        return transfer(session, transaction);
      },
      refused: () => {
        transaction.closing = true;
      },
    },
  );
}

async function transfer(session: SessionState, transaction: Transaction): Promise<Answer> {
  const { config, services } = session;
  const trace = toOctets(config.profile.received(traceOf(session, services.clock())));
  const intake = await openIntake(session, trace);
  if (!intake) return unavailable(session);
  speak(session, wording(session, 'data'));
  const arrived = await receive(session, intake);
  if ('refusal' in arrived) return arrived.refusal;
  return conclude(session, transaction, arrived);
}

async function conclude(
  session: SessionState,
  transaction: Transaction,
  { octets, settled }: { readonly octets: number; readonly settled: Settled },
): Promise<Answer> {
  switch (settled.kind) {
    case 'unavailable':
      return unavailable(session);
    case 'refuse':
      return settled.rule;
    case 'reply':
      return settled;
    case 'discard':
      return discarded(session, settled.why);
    default:
      return handOver(session, transaction, settled.handOff, octets);
  }
}

async function handOver(
  session: SessionState,
  transaction: Transaction,
  handOff: HandOff,
  octets: number,
): Promise<Answer> {
  const { config, services } = session;
  const outcome = await handOff.commit(transaction);
  if (outcome.kind !== 'queued') return outcomeAnswer(outcome, config.profile.dialect);
  session.messages += 1;
  session.commandsWithoutMail = 0;
  const { reversePath, recipients } = transaction;
  services.log({ event: 'accepted', octets, recipients: recipients.length, id: handOff.id, reversePath });
  if (config.policy.speaksAt('queued')) await consult(session, { stage: 'queued', subject: handOff.id });
  return { reply: accepted(session, handOff.id) };
}

function discarded(session: SessionState, why: string): Answer {
  session.services.log({ event: 'note', level: 'info', text: 'message discarded', where: why });
  return { reply: accepted(session, '0') };
}

function accepted({ services }: SessionState, id: string): Reply {
  return { code: 250, enhanced: '0.0', text: [`ok ${Math.floor(services.clock() / 1000)} qp ${id}`] };
}

function unavailable(session: SessionState): Answer {
  return { reply: wording(session, 'queueUnavailable'), rule: 'queue', why: 'it cannot be started' };
}

function traceOf({ config, helo, tls, auth }: SessionState, at: number): Trace {
  const { client, profile } = config;
  const { host, ip, info } = client;
  const secured = tls !== null || auth.user !== null;
  const esmtp = helo?.esmtp === true && (profile.ownTrace || secured);
  // RFC 3848; HELO has none of the longer words.
  const protocol = esmtp ? `ESMTP${tls ? 'S' : ''}${auth.user === null ? '' : 'A'}` : 'SMTP';
  const base = { host, ip, at, protocol, tls: tls?.facts ?? null };
  if (profile.ownTrace) return { ...base, info, helo: helo?.name ?? null, by: config.hostName };
  // qmail mentions the name only when it is not the one the network knows (qmail-smtpd.c: dohelo()).
  const fake = helo !== null && !equalsIgnoringCase(helo.name, host);
  // The patches put the user where qmail has what ident said.
  return { ...base, info: auth.user ?? info, helo: fake ? helo.name : null, by: client.localName };
}
