// What a test's scripts send of themselves: vacation replies (RFC 5230 §4) and notifications by mail (RFC
// 5436 §2). Who gets no reply is as the RFCs have it; that nobody gets a second one within days would need
// more than one delivery, and is not seen here. Octet strings. Other recorded actions do nothing.

import { rfc5322Date } from '../../text/index.ts';
import type { SieveAction } from '../interpreter/result.ts';
import { parseAddressList, parseOneAddress } from '../sieve/address.ts';
import { decodeWords, encodeWords } from '../sieve/encoded-words.ts';
import { toOctetString, toUnicode } from '../sieve/text.ts';
import { parseMailto, type Recipient } from './mailto.ts';
import { firstField } from './message.ts';
import type { Suite } from './suite.ts';

type Recorded = Extract<SieveAction, { action: 'recorded' }>;

/** null when it has worked, which sending nothing is too. */
export function automatic(suite: Suite, action: Recorded): string | null {
  if (action.name === 'vacation') return vacation(suite, action);
  return action.name === 'notify' ? notify(suite, action) : null;
}

function vacation(suite: Suite, action: Recorded): null {
  const { envelope, store } = suite;
  if (!deserves(suite)) return null;
  const own = ownAddress(suite, [...ownAddresses(suite), ...listOf(action, 'addresses')]);
  if (own === null) return null;
  store.outbox.push({
    octets: reply(suite, action, own),
    from: isSet(suite, 'sieve_vacation_send_from_recipient') ? envelope.to : '',
    to: envelope.from,
  });
  return null;
}

function ownAddresses({ envelope, settings }: Suite): readonly string[] {
  const original = settings.get('sieve_vacation_use_original_recipient') === 'yes';
  const named = settings.get('sieve_user_email');
  return [envelope.to, ...(original ? [envelope.originalTo] : []), ...(named ? [named] : [])];
}

function isSet({ settings }: Suite, name: string): boolean {
  return settings.get(name) === 'yes';
}

const LISTS = /^list-(?:id|owner|subscribe|post|unsubscribe|help|archive)$/i;

/** Whether the sender may be answered by a machine at all (RFC 5230 §4.5 and §4.6). */
function deserves({ envelope, message }: Suite): boolean {
  const { fields } = message.view;
  const [local = ''] = envelope.from.toLowerCase().split('@');
  if (envelope.from === '' || envelope.from.toLowerCase() === envelope.to.toLowerCase()) return false;
  if (/^(?:mailer-daemon|listserv|majordomo|owner-.*|.*-request)$/.test(local)) return false;
  if (fields.some(({ name }) => LISTS.test(name))) return false;
  const submitted = firstField(fields, 'Auto-Submitted');
  if (submitted !== null && !/^no\b/i.test(submitted)) return false;
  return !/^(?:bulk|junk|list)$/i.test(firstField(fields, 'Precedence') ?? '');
}

const ADDRESSED = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc'];

/** RFC 5230 §4.5: the one of the user's addresses that the message names as its recipient. */
function ownAddress(suite: Suite, addresses: readonly string[]): string | null {
  const { message } = suite;
  const named = message.view.fields
    .filter(({ name }) => ADDRESSED.includes(name.toLowerCase()))
    .flatMap(({ body }) => parseAddressList(toUnicode(body.replace(/\r?\n/g, ''))))
    .map(({ text }) => toOctetString(text).toLowerCase());
  const found = addresses.find((address) => named.includes(address.toLowerCase()));
  return found ?? (isSet(suite, 'sieve_vacation_dont_check_recipient') ? (addresses[0] ?? null) : null);
}

function reply(suite: Suite, action: Recorded, own: string): string {
  const { fields } = suite.message.view;
  const id = firstField(fields, 'Message-ID');
  const references = firstField(fields, 'References') ?? firstField(fields, 'In-Reply-To');
  const mime = hasTag(action, 'mime');
  const lines = [
    ...identity(suite),
    `From: ${encoded(textOf(action, 'from') ?? `<${own}>`)}`,
    `To: <${suite.envelope.from}>`,
    `Subject: ${encoded(textOf(action, 'subject') ?? defaultSubject(suite))}`,
    'Auto-Submitted: auto-replied (vacation)',
    'Precedence: bulk',
    ...(id === null ? [] : [`In-Reply-To: ${id}`]),
    ...(id === null ? [] : [`References: ${references === null ? '' : `${references} `}${id}`]),
    'MIME-Version: 1.0',
    ...(mime ? [] : ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']),
    textOf(action, '0') ?? '',
    '',
  ];
  return lines.join('\r\n');
}

/** RFC 5230 §4.4. */
function defaultSubject({ message, settings }: Suite): string {
  const subject = firstField(message.view.fields, 'Subject');
  if (subject === null) return settings.get('sieve_vacation_default_subject') || 'Automated reply';
  const template = settings.get('sieve_vacation_default_subject_template') || 'Auto: %{subject}';
  return template.replace(/%\{subject\}|%\$/g, () => toOctetString(decodeWords(subject)));
}

function identity({ store, surroundings }: Suite): readonly string[] {
  return [
    'X-Sieve: mvmtr',
    `Message-ID: <${store.outbox.length + 1}.test@example.com>`,
    `Date: ${rfc5322Date(surroundings.now)}`,
  ];
}

const POSTMASTER = 'postmaster@example.com';

const NORMAL = ['3 (Normal)', 'Normal'] as const;

const IMPORTANCE: Readonly<Record<string, readonly [string, string]>> = {
  '1': ['1 (Highest)', 'High'],
  '2': NORMAL,
  '3': ['5 (Lowest)', 'Low'],
};

function notify(suite: Suite, action: Recorded): string | null {
  const { envelope, store, message } = suite;
  const mailto = parseMailto(textOf(action, '0') ?? '');
  if (mailto === null) return null;
  const submitted = firstField(message.view.fields, 'Auto-Submitted');
  if (submitted !== null && !/^no\b/i.test(submitted)) return null;
  const subject = firstField(message.view.fields, 'Subject') ?? '';
  const [priority, importance] = IMPORTANCE[textOf(action, 'importance') ?? '2'] ?? NORMAL;
  const given = textOf(action, 'from');
  const from = given ?? `<${suite.settings.get('sieve_user_email') ?? POSTMASTER}>`;
  const lines = [
    ...identity(suite),
    `From: ${encoded(from)}`,
    ...addressed('To', mailto.recipients),
    ...addressed('Cc', mailto.recipients),
    `Subject: ${encoded(textOf(action, 'message') ?? mailto.subject ?? `Notification: ${subject}`)}`,
    `Auto-Submitted: auto-notified; owner-email="${envelope.to}"`,
    'Precedence: bulk',
    `X-Priority: ${priority}`,
    `Importance: ${importance}`,
    ...mailto.headers.map(([name, value]) => `${name}: ${value}`),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    mailto.body ?? 'Notification of new message.',
    '',
  ];
  const sender = envelope.from === '' ? null : parseOneAddress(toUnicode(from));
  for (const { address } of mailto.recipients) {
    store.outbox.push({
      octets: lines.join('\r\n'),
      from: sender === null ? '' : toOctetString(sender.text),
      to: address,
    });
  }
  return null;
}

function addressed(name: 'To' | 'Cc', recipients: readonly Recipient[]): readonly string[] {
  const addresses = recipients
    .filter(({ field }) => field === name.toLowerCase())
    .map(({ address }) => address);
  return addresses.length === 0 ? [] : [`${name}: ${addresses.join(', ')}`];
}

function encoded(octets: string): string {
  return encodeWords(toUnicode(octets.replace(/[\r\n]+\s*/g, ' ')));
}

function hasTag({ values }: Recorded, name: string): boolean {
  return values !== undefined && Object.hasOwn(values, name);
}

function textOf(action: Recorded, name: string): string | null {
  const value = hasTag(action, name) ? action.values?.[name] : undefined;
  if (value === undefined || value === true) return null;
  return toOctetString(typeof value === 'object' ? (value[0] ?? '') : String(value));
}

function listOf(action: Recorded, name: string): readonly string[] {
  const value = hasTag(action, name) ? action.values?.[name] : undefined;
  if (typeof value === 'string') return [toOctetString(value)];
  return typeof value === 'object' ? value.map(toOctetString) : [];
}
