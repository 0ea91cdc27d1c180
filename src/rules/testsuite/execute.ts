// Carries out the result of a script on the mail store and outbox of a test (RFC 5228 §2.10): every action
// once, however often a test asks. What fails is reported, and the message is then kept, as after any
// failure (RFC 5228 §2.10.6). The message is stored or sent with the header it had when the script asked
// for it (RFC 5293 §6).

import type { SieveAction, SieveResult } from '../interpreter/result.ts';
import type { HeaderField } from '../runtime.ts';
import { toOctetString } from '../sieve/text.ts';
import { automatic } from './automatic.ts';
import { withFields } from './message.ts';
import { rejection } from './rejection.ts';
import { createMailbox, findMailbox } from './store.ts';
import type { Suite } from './suite.ts';

/** The name a test knows an action by. */
export function actionName(action: SieveAction): string {
  if (action.action === 'fileinto') return 'store';
  return action.action === 'recorded' ? action.name : action.action;
}

/** False when something has failed; the reasons are in `suite.errors`. */
export function executeResult(suite: Suite, result: SieveResult): boolean {
  suite.errors = [];
  for (const action of result.actions) {
    if (suite.executed.has(action)) continue;
    suite.executed.add(action);
    const problem = perform(suite, action);
    if (problem !== null) suite.errors.push(problem);
  }
  const failed = suite.errors.length > 0;
  if ((result.implicitKeep || failed) && !suite.kept) {
    suite.kept = true;
    store(suite, 'INBOX', result.flags, currentOctets(suite, undefined));
  }
  return !failed;
}

/** null when it has worked. */
function perform(suite: Suite, action: SieveAction): string | null {
  switch (action.action) {
    case 'keep':
      return store(suite, 'INBOX', action.flags ?? [], currentOctets(suite, action.fields));
    case 'fileinto': {
      const mailbox = toOctetString(action.mailbox);
      if (action.create) createMailbox(suite.store, mailbox);
      return store(suite, mailbox, action.flags ?? [], currentOctets(suite, action.fields));
    }
    case 'redirect':
      suite.store.outbox.push({
        octets: redirected(suite, action.fields),
        from: redirectSender(suite),
        to: toOctetString(action.address),
      });
      return null;
    case 'reject':
      if (suite.envelope.from !== '') suite.store.outbox.push(rejection(suite, toOctetString(action.reason)));
      return null;
    case 'discard':
      return null;
    case 'recorded':
      return automatic(suite, action);
  }
}

function store(suite: Suite, name: string, flags: readonly string[], octets: string): string | null {
  const mailbox = findMailbox(suite.store, name);
  if (mailbox === undefined) return `cannot store the message: mailbox '${name}' does not exist`;
  mailbox.messages.push({ octets, flags: [...flags] });
  return null;
}

function currentOctets({ message }: Suite, fields: readonly HeaderField[] | undefined): string {
  if (fields !== undefined) return withFields(fields, message.body);
  const { view, original } = message;
  return view.fields === original ? message.octets : withFields(view.fields, message.body);
}

/** As it is sent on: with a trace of who did it, and without what belongs to this delivery. */
function redirected({ message, envelope }: Suite, fields: readonly HeaderField[] | undefined): string {
  const kept = (fields ?? message.view.fields).filter(({ name }) => !OF_DELIVERY.test(name));
  return withFields([{ name: 'X-Sieve-Redirected-From', body: ` ${envelope.to}` }, ...kept], message.body);
}

const OF_DELIVERY = /^(?:return-path|x-sieve-redirected-from)$/i;

function redirectSender({ envelope, settings }: Suite): string {
  if (envelope.from === '') return '';
  const wanted = settings.get('sieve_redirect_envelope_from') ?? 'sender';
  if (wanted === 'recipient') return envelope.to;
  if (wanted === 'orig_recipient') return envelope.originalTo;
  if (wanted === 'user_email') return settings.get('sieve_user_email') ?? envelope.to;
  const [, address] = /^<(.*)>$/.exec(wanted) ?? [];
  return address ?? envelope.from;
}
