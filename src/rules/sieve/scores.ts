// The scales of RFC 5235: spamtest 0 to 10, or 0 to 100 with :percent, and virustest 0 to 5. A verdict comes from a
// header field that a scanner has written, as the administrator's settings describe it, or else from the session's own
// scanner objects. What cannot be read is "not tested", null.

import type { Context } from '../interpreter/context.ts';
import { fieldsOf, named, subjectOf } from './fields.ts';
import { regexMatch } from './regex-match.ts';
import { propertyText, settingOf } from './settings.ts';

type Scale = 'spam' | 'percent' | 'virus';

/** Steps above the lowest score of "tested", and that score itself. */
const SCALES: Readonly<Record<Scale, { readonly steps: number; readonly lowest: number }>> = {
  spam: { steps: 9, lowest: 1 },
  percent: { steps: 100, lowest: 0 },
  virus: { steps: 4, lowest: 1 },
};

/** Keeps a product such as 0.3 × 10 from falling one short. */
const ROUNDING = 0.001;

function scaled(share: number, scale: Scale): string {
  const { steps, lowest } = SCALES[scale];
  return String(Math.floor(Math.min(Math.max(share, 0), 1) * steps + lowest + ROUNDING));
}

/** "X-Spam-Level: pattern" → the field's name and the pattern its value has to fit. */
function headerValue(context: Context, at: number, setting: string): string | null {
  const colon = setting.indexOf(':');
  const name = (colon === -1 ? setting : setting.slice(0, colon)).trim();
  const pattern = colon === -1 ? '' : setting.slice(colon + 1).trim();
  const field = named(fieldsOf(context, at), name)[0];
  if (name === '' || field === undefined) return null;
  const { text } = subjectOf(field);
  if (pattern === '') return text;
  const found = regexMatch(context, at, pattern, text, false);
  return found && (found[1] ?? found[0] ?? null);
}

function decimal(text: string): number | null {
  const found = /^\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  return found === null ? null : Number(found[1]);
}

interface Reading {
  readonly kind: 'spamtest' | 'virustest';
  readonly scale: Scale;
}

/** The highest score, from a field of the message or written into the settings. */
function highest(context: Context, at: number, kind: string): number | null {
  const header = settingOf(context, `sieve_${kind}_max_header`, '');
  const written =
    header === '' ? settingOf(context, `sieve_${kind}_max_value`, '') : headerValue(context, at, header);
  const value = written === null ? null : decimal(written);
  return value !== null && value > 0 ? value : null;
}

/** A verdict in words, each of which the settings give a score. */
function fromText(context: Context, kind: string, status: string, most: number): string | null {
  for (let score = most; score > 0; score -= 1) {
    if (settingOf(context, `sieve_${kind}_text_value${score}`, '') === status) return String(score);
  }
  return null;
}

/** What the scanner's field says; undefined when the administrator has named no field. */
function fromHeader(context: Context, at: number, { kind, scale }: Reading): string | null | undefined {
  const header = settingOf(context, `sieve_${kind}_status_header`, '');
  if (header === '') return undefined;
  const status = headerValue(context, at, header);
  if (status === null) return null;
  const type = settingOf(context, `sieve_${kind}_status_type`, 'score');
  if (type === 'text') {
    const score = fromText(context, kind, status, kind === 'spamtest' ? 10 : 5);
    return scale !== 'percent' || score === null ? score : scaled((Number(score) - 1) / 9, 'percent');
  }
  const most = highest(context, at, kind);
  const score = type === 'strlen' ? status.length : decimal(status);
  return most === null || score === null ? null : scaled(score / most, scale);
}

export function spamValue(context: Context, at: number, percent: boolean): string | null {
  const scale = percent ? 'percent' : 'spam';
  const written = fromHeader(context, at, { kind: 'spamtest', scale });
  if (written !== undefined) return written;
  const score = Number(propertyText(context, 'spam.score') ?? 'NaN');
  const required = Number(propertyText(context, 'spam.required') ?? 'NaN');
  return Number.isNaN(score) || !(required > 0) ? null : scaled(score / required, scale);
}

/** RFC 5235 §2.2: 1 is clean, 5 is certainly infected. */
export function virusValue(context: Context, at: number): string | null {
  const written = fromHeader(context, at, { kind: 'virustest', scale: 'virus' });
  if (written !== undefined) return written;
  const found = propertyText(context, 'virus.found');
  return found === undefined ? null : found === 'true' ? '5' : '1';
}
