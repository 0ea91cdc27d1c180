// The match types: :is, :contains, :matches (RFC 5228 §2.7.1), :value and :count (RFC 5231), :regex and :list (RFC 6134), under a
// comparator. A test is true when any value matches any key, tried in order until one does, and that one sets the match
// variables (RFC 5229 §3.2). Work is charged to the run's budget; a regular expression costs its program times the text.

import { bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { CommandNode, TestNode } from '../language/ast.ts';
import { stringOf, stringsOf } from './arguments.ts';
import { ASCII_CASEMAP, type Comparator, comparatorNamed, OCTET } from './comparator.ts';
import type { Meter } from './glob.ts';
import { foldSubject, globSubject, meterOf, type Subject, WORK_PER_STEP } from './glob-match.ts';
import { regexMatch } from './regex-match.ts';
import { hasRawOctets, toOctetString } from './text.ts';

export type MatchType = 'is' | 'contains' | 'matches' | 'regex' | 'value' | 'count' | 'list';

export interface Plan {
  readonly type: MatchType;
  /** Of :value and :count. */
  readonly relation: string;
  readonly comparator: Comparator;
}

const TYPES: readonly MatchType[] = ['is', 'contains', 'matches', 'regex', 'value', 'count', 'list'];
/** Comparisons that cost one step. */
const PAIRS_PER_STEP = 16;

const plans = new WeakMap<CommandNode | TestNode, Plan>();

/** How a test or `deleteheader` wants its values matched; the default is :is with i;ascii-casemap. */
export function planOf(node: CommandNode | TestNode, context: Context): Plan {
  const known = plans.get(node);
  if (known !== undefined) return known;
  const { tags } = bind(node);
  const type = TYPES.find((name) => tags.has(name)) ?? 'is';
  const named = tags.has('comparator') ? stringOf(context, tags.get('comparator')) : ASCII_CASEMAP.name;
  const comparator = comparatorNamed(named);
  if (comparator === undefined) {
    return context.fail(node.at, 'MFL-SIEVE-COMPARATOR', `unknown comparator "${named}"`);
  }
  if (!comparator.substring && (type === 'contains' || type === 'matches')) {
    return context.fail(node.at, 'MFL-SIEVE-COMPARATOR', `${named} cannot be used with :${type}`);
  }
  const plan = { type, relation: stringOf(context, tags.get(type)).toLowerCase(), comparator };
  plans.set(node, plan);
  return plan;
}

function contains(text: string, key: string): boolean {
  return hasRawOctets(key) ? toOctetString(text).includes(toOctetString(key)) : text.includes(key);
}

function holds(order: number, relation: string): boolean {
  switch (relation) {
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'eq':
      return order === 0;
    default:
      return order !== 0;
  }
}

function compare({ comparator, relation }: Plan, left: string, right: string): boolean {
  return holds(comparator.compare(comparator.fold(left), comparator.fold(right)), relation);
}

interface Job {
  readonly plan: Plan;
  readonly context: Context;
  readonly at: number;
  readonly meter: Meter;
}

/** Whether one value matches one key; sets the match variables. */
function matchOne(job: Job, subject: Subject, key: string, foldedKey: string): readonly string[] | boolean {
  const { plan, context, at, meter } = job;
  const { comparator } = plan;
  switch (plan.type) {
    case 'is': {
      if (!comparator.substring) return comparator.compare(subject.text, key) === 0;
      if (!comparator.inPlace) meter.spend(subject.text.length);
      return foldSubject(subject, comparator) === foldedKey;
    }
    case 'contains':
      meter.spend(subject.text.length);
      return contains(foldSubject(subject, comparator), foldedKey);
    case 'matches':
      return globSubject(key, subject, comparator, meter) ?? false;
    case 'regex':
      return regexMatch(context, at, key, subject.text, comparator !== OCTET) ?? false;
    case 'list':
      return isListed(job, subject.text, key);
    default:
      return compare(plan, subject.text, key);
  }
}

/** RFC 6134 §2.2: keys are names of lists, whose members the administrator keeps. */
function isListed({ context, at }: Job, text: string, list: string): boolean {
  const question = { kind: 'map', uri: list, key: text, mode: 'has' } as const;
  const answer = context.ask({ key: `list ${list} ${text}`, group: 'authorisation', question }, at);
  return answer === true || answer === 'true';
}

export interface Matching {
  readonly subjects: readonly Subject[];
  readonly keys: readonly string[];
  /** Of :count, where it is not the number of subjects. */
  readonly count?: number;
  /** RFC 5173 §6: the body test leaves the match variables alone. */
  readonly keepsCaptures?: true;
}

/** Whether any subject matches any key. */
export function matchAny(context: Context, at: number, plan: Plan, matching: Matching): boolean {
  const { subjects, keys } = matching;
  if (plan.type === 'count') {
    const count = String(matching.count ?? subjects.length);
    return keys.some((key) => compare(plan, count, key));
  }
  const meter = meterOf(context);
  const job: Job = { plan, context, at, meter };
  const folds = plan.type === 'is' || plan.type === 'contains';
  const foldedKeys = folds ? keys.map(plan.comparator.fold) : keys;
  for (const subject of subjects) {
    for (let n = 0; n < keys.length; n += 1) {
      meter.spend(WORK_PER_STEP / PAIRS_PER_STEP);
      const found = matchOne(job, subject, keys[n] ?? '', foldedKeys[n] ?? '');
      if (found === false) continue;
      if (found !== true && matching.keepsCaptures === undefined) context.captures = found;
      return true;
    }
  }
  return false;
}

/** For a test whose last argument is its keys: whether any of these values matches one of them. */
export function matchValues(node: TestNode, context: Context, values: readonly string[]): boolean {
  const { positional } = bind(node);
  const keys = stringsOf(context, positional[positional.length - 1]);
  const subjects = values.map((text) => ({ text }));
  return matchAny(context, node.at, planOf(node, context), { subjects, keys });
}
