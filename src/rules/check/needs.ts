// What a program can ask for of the message, found by looking at its trees: whether any hook sees the header, the whole message, or
// the inside of its body. Decides how much of a message is held back before it goes to the queue, so it errs on the side of
// more: what is written in a function that nobody calls counts as well.

import type { Program } from '../program.ts';

const BODY_NAMES: ReadonlySet<string> = new Set([
  'body',
  'foreverypart',
  'extracttext',
  'message.part_count',
  'message.attachment_names',
]);
const BODY_TAGS: ReadonlySet<string> = new Set(['mime']);
const BODY_TEXT = /\$\{message\.(?:part_count|attachment_names)\}/i;

interface Tree {
  readonly node?: unknown;
  readonly name?: unknown;
  readonly value?: unknown;
}

function asksForBody(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(asksForBody);
  if (typeof value !== 'object' || value === null) return false;
  const { node, name, value: text } = value as Tree;
  if (typeof name === 'string') {
    if (node === 'tag' ? BODY_TAGS.has(name) : BODY_NAMES.has(name)) return true;
  }
  if (node === 'string' && typeof text === 'string' && BODY_TEXT.test(text)) return true;
  return Object.values(value).some(asksForBody);
}

export function needsOf(program: Omit<Program, 'needs'>): Program['needs'] {
  const { hooks, main } = program;
  const message = main !== null || hooks.message !== undefined || hooks.deliver !== undefined;
  const headers = message || hooks.headers !== undefined || hooks.queued !== undefined;
  const trees = [program.hooks, program.functions, main?.block ?? [], program.included ?? {}];
  return { headers, message, body: message && asksForBody(trees) };
}
