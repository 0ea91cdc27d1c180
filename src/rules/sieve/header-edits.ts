// addheader and deleteheader (RFC 5293): later tests of the same run see the edited header, the message's own is left alone, and each
// edit is an effect, to be carried out in order. Fields that tell where a message came from stay (§6), with what the
// administrator protects. A value cannot start a field of its own: line ends that do not fold become spaces, and the log is told.

import { lowerAscii } from '../../text/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { CommandNode } from '../language/ast.ts';
import { argumentsOf } from './arguments.ts';
import { encodeWords } from './encoded-words.ts';
import {
  atIndex,
  type Field,
  fieldOf,
  fieldsOf,
  named,
  replaceFields,
  subjectOf,
  trimBlanks,
} from './fields.ts';
import { matchAny, planOf } from './match.ts';
import { settingOf } from './settings.ts';

/** RFC 5322 §2.2 */
const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]+$/;
/** What would end a line without folding it, and NUL. */
const BREAK = /\r?\n(?![ \t])|\r(?!\n)|\0/;
const BREAKS = new RegExp(BREAK, 'g');
/** Never deleted: RFC 5293 §6. */
const TRACE: ReadonlySet<string> = new Set(['received', 'auto-submitted']);

function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

function isProtected(context: Context, name: string, action: 'add' | 'delete'): boolean {
  if (action === 'delete' && TRACE.has(name)) return true;
  const listed = `${settingOf(context, 'sieve_editheader_protected', '')} ${settingOf(context, `sieve_editheader_forbid_${action}`, '')}`;
  return lowerAscii(listed)
    .split(/[\s,]+/)
    .includes(name);
}

/** "2k" → 2048; 0 when it is no size. */
function sizeIn(text: string): number {
  const [, digits = '0', unit = ''] = /^(\d+) ?([kmg]?)b?$/i.exec(text.trim()) ?? [];
  return Number(digits) * 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' ');
}

function checkName(node: CommandNode, context: Context, name: string): void {
  if (!isFieldName(name)) context.fail(node.at, 'MFL-SIEVE-HEADER', `"${name}" is no header field name`);
}

function addedValue(node: CommandNode, context: Context, text: string): string {
  // One at the end, as every text: literal has it, is no loss.
  if (BREAK.test(text.trim())) context.warnOfLineEnd(node.at);
  const folded = trimBlanks(text.replace(BREAKS, ' ').replace(/\r?\n[ \t]*$/, ''));
  const value = encodeWords(folded);
  const most = sizeIn(settingOf(context, 'sieve_editheader_max_header_size', ''));
  if (most > 0 && value.length > most) {
    context.fail(node.at, 'MFL-SIEVE-HEADER', `header field longer than ${most} octets`);
  }
  return value;
}

export function addheader(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const name = given.string(0);
  checkName(node, context, name);
  const value = addedValue(node, context, given.string(1));
  if (isProtected(context, lowerAscii(name), 'add')) return;
  const last = given.has('last');
  const { all } = fieldsOf(context, node.at);
  const added = fieldOf({ name, body: ` ${value}` });
  context.charge(1 + (all.length >> 4));
  replaceFields(context, last ? [...all, added] : [added, ...all]);
  context.effects.push({ effect: 'addheader', name, value, last });
}

/** Fields of the name, one of them with :index, and of these the ones whose value matches a pattern. */
function condemned(node: CommandNode, context: Context, fields: readonly Field[]): readonly Field[] {
  const given = argumentsOf(node, context);
  const chosen = atIndex(fields, given.tagNumber('index'), given.has('last'));
  if (given.count < 2) return chosen;
  const plan = planOf(node, context);
  const keys = given.list(1);
  return chosen.filter((field) =>
    matchAny(context, node.at, plan, { subjects: [subjectOf(field)], keys, keepsCaptures: true }),
  );
}

export function deleteheader(node: CommandNode, context: Context): void {
  const given = argumentsOf(node, context);
  const name = given.string(0);
  checkName(node, context, name);
  if (isProtected(context, lowerAscii(name), 'delete')) return;
  const fields = fieldsOf(context, node.at);
  const gone = new Set(condemned(node, context, named(fields, name)));
  if (gone.size === 0) return;
  const places = fields.all.flatMap((field, place) => (gone.has(field) ? [place] : []));
  context.charge(1 + (fields.all.length >> 4));
  replaceFields(
    context,
    fields.all.filter((field) => !gone.has(field)),
  );
  const index = given.tagNumber('index');
  context.effects.push({
    effect: 'deleteheader',
    name,
    ...(index !== null && { index, last: given.has('last') }),
    fields: places,
  });
}
