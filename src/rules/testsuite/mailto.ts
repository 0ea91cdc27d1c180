// mailto URIs (RFC 6068 §2) as the notification method of RFC 5436 uses them: recipients, subject, body and
// the header fields that may be set. Fields that a notification must not set are left out (RFC 5436 §2.5).
// null for what is no mailto URI.

import { parsePath } from '../sieve/address.ts';
import { toOctetString, toUnicode } from '../sieve/text.ts';

export interface Recipient {
  readonly address: string;
  readonly field: 'to' | 'cc' | 'bcc';
}

export interface Mailto {
  readonly recipients: readonly Recipient[];
  readonly subject: string | null;
  readonly body: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const FORBIDDEN =
  /^(?:from|sender|reply-to|date|message-id|received|return-path|auto-submitted|resent-.*|delivered-to|apparently-to)$/i;

export function parseMailto(uri: string): Mailto | null {
  const [, path = '', query = ''] = /^mailto:([^?#]*)(?:\?([^#]*))?$/i.exec(uri) ?? [];
  if (path === '' && query === '') return null;
  const recipients = path === '' ? [] : addresses(path, 'to');
  const headers: [string, string][] = [];
  let subject: string | null = null;
  let body: string | null = null;
  for (const pair of query === '' ? [] : query.split('&')) {
    const [name = '', ...rest] = pair.split('=');
    const field = decoded(name).toLowerCase();
    const value = rest.join('=');
    if (field === 'to' || field === 'cc' || field === 'bcc') recipients.push(...addresses(value, field));
    else if (field === 'subject') subject = oneLine(decoded(value));
    else if (field === 'body') body = decoded(value);
    else if (!FORBIDDEN.test(field) && !/[^!-9;-~]/.test(field)) {
      headers.push([decoded(name), oneLine(decoded(value))]);
    }
  }
  const unique = recipients.filter(
    ({ address }, index) => recipients.findIndex((other) => other.address === address) === index,
  );
  return { recipients: unique, subject, body, headers };
}

function addresses(list: string, field: Recipient['field']): Recipient[] {
  return list
    .split(',')
    .map((item) => parsePath(toUnicode(decoded(item))))
    .filter(({ parts }) => parts !== null)
    .map(({ text }) => ({ address: toOctetString(text), field }));
}

function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ');
}
