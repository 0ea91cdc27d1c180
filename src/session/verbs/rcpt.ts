// RCPT (RFC 5321 §4.1.1.3): check the syntax, ask the policy, add the recipient.

import { parseParameters, parsePath, qmailAddress } from '../../smtp/index.ts';
import { localAddress } from '../local-address.ts';
import type { ReplyName } from '../replies.ts';
import type { Answer, InTransaction } from '../state.ts';

export function rcpt(session: InTransaction, argument: string): Answer {
  const { config, transaction } = session;
  const parsed = config.profile.strict ? strictAddress(session, argument) : qmailRecipient(session, argument);
  if ('refusal' in parsed) return parsed.refusal;
  const verdict = config.policy.rcpt({ reversePath: transaction.reversePath, forwardPath: parsed.address });
  if (verdict.kind === 'reject') return verdict.rule;
  const suffix = config.profile.appendsRelayClient ? (config.client.relayClient ?? '') : '';
  const octets = transaction.recipientOctets + parsed.address.length + suffix.length;
  if (transaction.recipients.length >= config.limits.recipients || octets > config.limits.envelope) {
    return 'tooManyRecipients';
  }
  transaction.recipients.push(parsed.address + suffix);
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
