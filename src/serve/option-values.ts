// Values of options that a session and a listener have in common, each in its own words when one is wrong. Pure; it is loaded
// with every session.

import type { QueueChoice } from './queues.ts';

/** "qmail" or "maildir:DIRECTORY"; null when it is neither. */
export function queueIn(value: string): QueueChoice | null {
  if (value === 'qmail') return { kind: 'qmail' };
  const directory = value.startsWith('maildir:') ? value.slice('maildir:'.length) : '';
  return directory === '' ? null : { kind: 'maildir', directory };
}

/** "200000", "512k" or "4m" in octets; null when it is no such number. */
export function octetsIn(value: string): number | null {
  const [, digits, unit = ''] = /^([0-9]{1,9})([kKmM]?)$/.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 * 1024 };
