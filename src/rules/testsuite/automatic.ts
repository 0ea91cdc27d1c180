// What a test's scripts send of themselves: vacation replies (RFC 5230 §4) and notifications by mail (RFC 5436 §2). Who gets no
// reply is as the RFCs have it; that nobody gets a second one within days would need more than one delivery, and is not seen
// here. Octet strings. Other recorded actions do nothing.

import type { SieveAction } from '../interpreter/result.ts';
import { parseAddressList, parseOneAddress } from '../sieve/address.ts';
import { encodeWords } from '../sieve/encoded-words.ts';
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
  const addresses = [envelope.to, envelope.originalTo, ...listOf(action, 'addresses')].filter(Boolean);
  const reason = textOf(action, '0') ?? '';
  if (!deserves(suite) || !isForUser(suite, addresses)) return null;
  const fromRecipient = suite.settings.get('sieve_vacation_send_from_recipient') === 'yes';
  store.outbox.push({
    octets: reply(suite, action, reason),
    from: fromRecipient ? envelope.to : '',
    to: envelope.from,
  });
  return null;
}

const LISTS = ['list-id', 'list-owner', 'list-subscribe', 'list-post', 'list-unsubscribe', 'list-help'];

/** Whether the sender may be answered by a machine at all (RFC 5230 §4.5 and §4.6). */
function deserves({ envelope, message }: Suite): boolean {
  const { fields } = message.view;
  const [local = ''] = envelope.from.toLowerCase().split('@');
  if (envelope.from === '' || envelope.from.toLowerCase() === envelope.to.toLowerCase()) return false;
  if (/^(?:mailer-daemon|listserv|majordomo|owner-.*|.*-request)$/.test(local)) return false;
  if (fields.some(({ name }) => LISTS.includes(name.toLowerCase()))) return false;
  const submitted = firstField(fields, 'Auto-Submitted');
  if (submitted !== null && !/^no\b/i.test(submitted)) return false;
  return !/^(?:bulk|junk|list)$/i.test(firstField(fields, 'Precedence') ?? '');
}

const ADDRESSED = ['to', 'cc', 'bcc', 'resent-to', 'resent-cc', 'resent-bcc'];

/** RFC 5230 §4.5: the message names one of the user's addresses as its recipient. */
function isForUser({ message, settings }: Suite, addresses: readonly string[]): boolean {
  if (settings.get('sieve_vacation_dont_check_recipient') === 'yes') return true;
  const wanted = new Set(addresses.map((address) => address.toLowerCase()));
  return message.view.fields
    .filter(({ name }) => ADDRESSED.includes(name.toLowerCase()))
    .flatMap(({ body }) => parseAddressList(toUnicode(body.replace(/\r?\n/g, ''))))
    .some(({ text }) => wanted.has(toOctetString(text).toLowerCase()));
}

function reply({ envelope, message }: Suite, action: Recorded, reason: string): string {
  const { fields } = message.view;
  const subject = firstField(fields, 'Subject');
  const id = firstField(fields, 'Message-ID');
  const references = firstField(fields, 'References') ?? firstField(fields, 'In-Reply-To');
  const mime = hasTag(action, 'mime');
  const lines = [
    `From: ${textOf(action, 'from') ?? `<${envelope.to}>`}`,
    `To: <${envelope.from}>`,
    `Subject: ${encoded(textOf(action, 'subject') ?? (subject === null ? 'Automated reply' : `Auto: ${subject}`))}`,
    'Auto-Submitted: auto-replied (vacation)',
    'Precedence: bulk',
    'X-Auto-Response-Suppress: All',
    ...(id === null ? [] : [`In-Reply-To: ${id}`]),
    ...(id === null ? [] : [`References: ${references === null ? '' : `${references} `}${id}`]),
    'MIME-Version: 1.0',
    ...(mime ? [] : ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']),
    reason,
    '',
  ];
  return lines.join('\r\n');
}

const IMPORTANCE: Readonly<Record<string, readonly [string, string]>> = {
  '1': ['1 (Highest)', 'High'],
  '2': ['3 (Normal)', 'Normal'],
  '3': ['5 (Lowest)', 'Low'],
};

function notify(suite: Suite, action: Recorded): string | null {
  const { envelope, store, message } = suite;
  const mailto = parseMailto(textOf(action, '0') ?? '');
  if (mailto === null) return null;
  const submitted = firstField(message.view.fields, 'Auto-Submitted');
  if (submitted !== null && !/^no\b/i.test(submitted)) return null;
  const subject = firstField(message.view.fields, 'Subject') ?? '';
  const [priority, importance] = IMPORTANCE[textOf(action, 'importance') ?? '2'] ?? ['3 (Normal)', 'Normal'];
  const from = textOf(action, 'from');
  const given = new Set(mailto.headers.map(([name]) => name.toLowerCase()));
  const lines = [
    'X-Sieve: mvmtr',
    `Message-ID: <${store.outbox.length + 1}.notify@example.com>`,
    `From: ${from ?? `<${envelope.to}>`}`,
    ...addressed('To', mailto.recipients),
    ...addressed('Cc', mailto.recipients),
    `Subject: ${encoded(textOf(action, 'message') ?? mailto.subject ?? `Notification: ${subject}`)}`,
    'Auto-Submitted: auto-notified; owner-email="postmaster@example.com"',
    'Precedence: bulk',
    `X-Priority: ${priority}`,
    `Importance: ${importance}`,
    ...mailto.headers.map(([name, value]) => `${name}: ${value}`),
    ...(given.has('mime-version') ? [] : ['MIME-Version: 1.0']),
    'Content-Type: text/plain; charset=utf-8',
    '',
    mailto.body ?? textOf(action, 'message') ?? 'Notification of new message.',
    '',
  ];
  const sender = from === null ? null : parseOneAddress(toUnicode(from));
  for (const { address } of mailto.recipients) {
    const envelopeFrom =
      envelope.from === '' ? '' : sender === null ? envelope.to : toOctetString(sender.text);
    store.outbox.push({ octets: lines.join('\r\n'), from: envelopeFrom, to: address });
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
