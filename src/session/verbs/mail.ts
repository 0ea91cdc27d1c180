// MAIL (RFC 5321 §4.1.1.2): a sender opens a transaction. Stock takes nearly any argument as an address and starts anew on a
// second MAIL; the mvmtr profile follows the grammar, its parameters (RFC 1870, RFC 6152) and the order of commands.

import { decodeXtext, parseParameters, parsePath, qmailAddress } from '../../smtp/index.ts';
import { ask } from '../asking.ts';
import { localAddress } from '../local-address.ts';
import { type Answer, endTransaction, type SessionState } from '../state.ts';
import { begin, type Transaction } from '../transaction.ts';

export function mail(session: SessionState, argument: string): Answer | Promise<Answer> {
  if (session.config.requireAuth && session.auth.user === null) return 'wantAuth';
  return session.config.profile.strict ? strictMail(session, argument) : qmailMail(session, argument);
}

function qmailMail(session: SessionState, argument: string): Answer | Promise<Answer> {
  const address = localAddress(session.config, qmailAddress(argument));
  // Too long leaves the transaction before it in force, as in stock.
  if (address === null) return 'addressTooLong';
  return open(session, begin(address));
}

function strictMail(session: SessionState, argument: string): Answer | Promise<Answer> {
  if (session.transaction) return 'secondMail';
  const path = /^FROM:/i.test(argument) ? parsePath(argument.slice(5), 'reverse') : null;
  if (!path) return 'mailSyntax';
  const parameters = parseParameters(path.rest);
  if (!parameters) return 'parameterSyntax';
  let submitter = '';
  for (const [keyword, value] of parameters) {
    if (keyword === 'SIZE') {
      if (!/^[0-9]{1,20}$/.test(value)) return 'parameterSyntax';
      const { databytes } = session.config;
      if (databytes > 0 && Number(value) > databytes) return 'databytes';
    } else if (keyword === 'BODY') {
      if (!/^(?:7BIT|8BITMIME)$/i.test(value)) return 'parameterSyntax';
    } else if (keyword === 'AUTH' && session.config.auth !== null) {
      const identity = decodeXtext(value);
      if (identity === null || identity === '') return 'parameterSyntax';
      // What a client says that we do not know is not passed on (RFC 4954 §5).
      if (identity !== '<>' && session.auth.user !== null) submitter = identity;
    } else {
      return 'parameterUnknown';
    }
  }
  const size = Number(parameters.get('SIZE') ?? 0);
  const body = (parameters.get('BODY') ?? '').toUpperCase();
  return open(session, begin(path.address, { size, body, auth: submitter }));
}

// Stock starts anew whatever the answer will be: what was open is forgotten first.
function open(session: SessionState, transaction: Transaction): Answer | Promise<Answer> {
  endTransaction(session);
  session.transaction = transaction;
  return ask(
    session,
    { stage: 'mail', subject: transaction.reversePath },
    { proceed: () => 'mail', refused: () => endTransaction(session) },
  );
}
