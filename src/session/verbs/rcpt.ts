// RCPT (RFC 5321 §4.1.1.3): check the syntax, ask the policy, add the recipient.

import { parseParameters, parsePath, qmailAddress } from '../../smtp/index.ts';
import { ask } from '../asking.ts';
import { localAddress } from '../local-address.ts';
import type { ReplyName } from '../replies.ts';
import type { Answer, InTransaction } from '../state.ts';

export function rcpt(session: InTransaction, argument: string): Answer | Promise<Answer> {
  const { config, transaction } = session;
  transaction.tried += 1;
  const parsed = config.profile.strict ? strictAddress(session, argument) : qmailRecipient(session, argument);
  if ('refusal' in parsed) {
    countRefusal(session);
    return parsed.refusal;
  }
  transaction.replacement = null;
  return ask(
    session,
    { stage: 'rcpt', subject: parsed.address },
    {
      proceed: () => add(session, transaction.replacement ?? parsed.address),
      discard: () => {
        transaction.discarded += 1;
        return 'rcpt';
      },
      refused: () => countRefusal(session),
    },
  );
}

function countRefusal(session: InTransaction): void {
  session.transaction.refused += 1;
  session.refusedRecipients += 1;
}

function add(session: InTransaction, address: string): Answer {
  const { config, transaction, auth } = session;
  // A login takes the place of RELAYCLIENT, as in the patches.
  const appends = config.profile.appendsRelayClient && auth.user === null;
  const suffix = appends ? (config.client.relayClient ?? '') : '';
  const octets = transaction.recipientOctets + address.length + suffix.length;
  if (transaction.recipients.length >= config.limits.recipients || octets > config.limits.envelope) {
    countRefusal(session);
    return 'tooManyRecipients';
  }
  transaction.recipients.push(address + suffix);
  transaction.recipientOctets = octets;
  return 'rcpt';
}

type Parsed = { readonly address: string } | { readonly refusal: ReplyName };

function qmailRecipient({ config }: InTransaction, argument: string): Parsed {
  const address = localAddress(config, qmailAddress(argument));
  return address === null ? { refusal: 'addressTooLong' } : { address };
}

function strictAddress({ config }: InTransaction, argument: string): Parsed {
  const path = /^TO:/i.test(argument) ? parsePath(argument.slice(3), 'forward') : null;
  const address = path && localAddress(config, path.address);
  if (!path || address === null) return { refusal: 'rcptSyntax' };
  const parameters = parseParameters(path.rest);
  if (!parameters) return { refusal: 'parameterSyntax' };
  return parameters.size > 0 ? { refusal: 'parameterUnknown' } : { address };
}
