// The body as rules see it: the answer to the one lookup of kind `body`, which mime.ts prepares before the run goes on, read once and
// kept with the answer. Then the body test of RFC 5173, which leaves the match variables alone (§6).

import type { Context } from '../interpreter/context.ts';
import type { TestNode } from '../language/ast.ts';
import type { Lookup } from '../runtime.ts';
import { argumentsOf } from './arguments.ts';
import type { Subject } from './glob-match.ts';
import { matchAny, planOf } from './match.ts';
import type { Part } from './mime-structure.ts';
import { reportCut, stateOf } from './state.ts';
import { toUnicode } from './text.ts';

/** A part with its content as plain text, where it is text. */
export interface BodyPart extends Part {
  readonly text?: string;
}

export interface Body {
  readonly raw: string;
  readonly parts: readonly BodyPart[];
}

const BODY_LOOKUP: Lookup = { key: 'body', group: 'authorisation', question: { kind: 'body' } };

const EMPTY: Body = { raw: '', parts: [] };

/** The last body read; a run asks again and again for the same one. */
let last: { readonly answer: string; readonly body: Body } | null = null;
const subjects = new WeakMap<object, Map<string, Subject>>();

/** What writes a body as an answer, and reads it back. */
export function writeBody(body: Body): string {
  return JSON.stringify(body).replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function bodyOf(context: Context, at: number): Body {
  const state = stateOf(context);
  if (state.body?.message === context.input.message) return state.body.body;
  const answer = context.ask(BODY_LOOKUP, at);
  let body = EMPTY;
  if (typeof answer === 'string' && answer !== '') {
    if (last?.answer !== answer) last = { answer, body: JSON.parse(answer) as Body };
    body = last.body;
  }
  state.body = { message: context.input.message, body };
  return body;
}

/** Content for comparison, with its folding kept as long as the body is. */
function contentSubject(owner: object, which: string, octets: string): Subject {
  let kept = subjects.get(owner);
  if (kept === undefined) {
    kept = new Map();
    subjects.set(owner, kept);
  }
  let subject = kept.get(which);
  if (subject === undefined) {
    subject = { text: toUnicode(octets) };
    kept.set(which, subject);
  }
  return subject;
}

/** RFC 5173 §5.2: "" is any type, "text" every text/…, "text/plain" just that; other slashes match nothing. */
export function typeMatches(wanted: string, type: string): boolean {
  const name = wanted.toLowerCase();
  if (name === '') return true;
  if (name.startsWith('/') || name.endsWith('/') || name.split('/').length > 2) return false;
  return name.includes('/') ? type === name : type.startsWith(`${name}/`);
}

function bodySubjects(
  body: Body,
  transform: 'raw' | 'text' | readonly string[],
  most: number,
): readonly Subject[] {
  if (transform === 'raw') return [contentSubject(body, 'raw', body.raw.slice(0, most))];
  if (transform === 'text') {
    return body.parts
      .filter((part) => part.type.startsWith('text/'))
      .map((part) => contentSubject(part, 'text', (part.text ?? part.octets).slice(0, most)));
  }
  return body.parts
    .filter((part) => transform.some((wanted) => typeMatches(wanted, part.type)))
    .map((part) => contentSubject(part, 'octets', part.octets.slice(0, most)));
}

export function bodyTest(node: TestNode, context: Context): boolean {
  const given = argumentsOf(node, context);
  const body = bodyOf(context, node.at);
  const transform = given.has('raw') ? 'raw' : (given.tagList('content') ?? 'text');
  const most = context.budget.bodyOctets;
  if (body.raw.length > most) reportCut(context, 'body', most);
  return matchAny(context, node.at, planOf(node, context), {
    subjects: bodySubjects(body, transform, most),
    keys: given.list(0),
    keepsCaptures: true,
  });
}
