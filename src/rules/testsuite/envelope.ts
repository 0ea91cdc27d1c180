// The envelope of a test's message where the test does not say: taken from the header, as a mail store that
// has only the message would have to. Recipient: Envelope-To, else To; sender: Return-Path, else Sender,
// else From. Octet strings. Never fails.

import { parseAddressList } from '../sieve/address.ts';
import { toOctetString, toUnicode } from '../sieve/text.ts';
import { firstField, type TestMessage } from './message.ts';

export interface TestEnvelope {
  /** '' is the null sender. */
  from: string;
  to: string;
  /** As the client gave it; `to` until a test says otherwise. */
  originalTo: string;
  /** User name of AUTH. */
  auth: string;
}

export function envelopeOf(message: TestMessage): TestEnvelope {
  const to = firstAddress(message, ['Envelope-To', 'To']) ?? 'recipient@example.com';
  const from = firstAddress(message, ['Return-Path', 'Sender', 'From']) ?? 'sender@example.com';
  return { from, to, originalTo: to, auth: '' };
}

/** What a test wrote as an envelope's address: with or without brackets. */
export function envelopeAddress(text: string): string {
  const [, inner = text] = /^\s*<(.*)>\s*$/.exec(text) ?? [];
  return inner.trim();
}

function firstAddress({ view }: TestMessage, names: readonly string[]): string | null {
  for (const name of names) {
    const body = firstField(view.fields, name);
    const found = body === null ? undefined : parseAddressList(toUnicode(body)).find(({ parts }) => parts);
    if (found !== undefined) return toOctetString(found.text);
  }
  return null;
}
