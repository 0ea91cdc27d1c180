// The hooks in the order of a session, with the parameters they may declare, the verdicts they may end in and the class of reply
// each verdict gives there. What one hook makes available later hooks keep, so most tables name only the first one.
// Follows the hooks section of the language reference.

import type { TypeName } from '../language/ast.ts';
import type { HookName } from '../program.ts';

export interface HookParameter {
  readonly name: string;
  readonly type: TypeName;
}

export type VerdictName = 'accept' | 'reject' | 'defer' | 'drop' | 'discard' | 'quarantine' | 'reply';

export interface HookDefinition {
  readonly parameters: readonly HookParameter[];
  readonly verdicts: readonly VerdictName[];
}

const text = (name: string): HookParameter => ({ name, type: 'string' });

const DIALOGUE: readonly VerdictName[] = ['accept', 'reject', 'defer', 'drop'];

export const HOOKS: Readonly<Record<HookName, HookDefinition>> = {
  init: { parameters: [], verdicts: [] },
  connect: { parameters: [], verdicts: DIALOGUE },
  helo: { parameters: [text('name')], verdicts: DIALOGUE },
  starttls: { parameters: [], verdicts: DIALOGUE },
  tls: { parameters: [], verdicts: ['accept', 'reject', 'drop'] },
  auth: { parameters: [text('user')], verdicts: DIALOGUE },
  mail: { parameters: [text('address')], verdicts: DIALOGUE },
  rcpt: { parameters: [text('address')], verdicts: [...DIALOGUE, 'discard'] },
  data: { parameters: [], verdicts: DIALOGUE },
  headers: { parameters: [], verdicts: ['reject', 'defer', 'drop'] },
  message: { parameters: [], verdicts: [...DIALOGUE, 'discard', 'quarantine'] },
  deliver: {
    parameters: [text('address')],
    verdicts: ['accept', 'reject', 'defer', 'discard', 'quarantine'],
  },
  queued: { parameters: [text('id')], verdicts: [] },
  vrfy: { parameters: [text('arg')], verdicts: ['reply', 'reject', 'defer'] },
  unrecognized: { parameters: [text('verb'), text('args')], verdicts: ['reply', 'reject', 'drop'] },
  denied: {
    parameters: [text('stage'), { name: 'code', type: 'number' }, text('text')],
    verdicts: ['drop'],
  },
  disconnect: { parameters: [text('reason')], verdicts: [] },
};

export const HOOK_NAMES = Object.keys(HOOKS) as readonly HookName[];

/** The way of a message, in order. */
const SEQUENCE: readonly HookName[] = [
  'init',
  'connect',
  'helo',
  'starttls',
  'tls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'headers',
  'message',
  'deliver',
  'queued',
];

/** Called at any time after the connection: what they may read is what every connection has. */
const AT_ANY_TIME: readonly HookName[] = ['vrfy', 'unrecognized', 'denied', 'disconnect'];

/** The hook itself and all that come after it. */
export function hooksFrom(first: HookName): readonly HookName[] {
  const later = SEQUENCE.slice(SEQUENCE.indexOf(first));
  return first === 'init' || first === 'connect' ? [...later, ...AT_ANY_TIME] : later;
}

/** From one hook up to and including another. */
export function hooksBetween(first: HookName, last: HookName): readonly HookName[] {
  return SEQUENCE.slice(SEQUENCE.indexOf(first), SEQUENCE.indexOf(last) + 1);
}

export function isHookName(name: string): name is HookName {
  return Object.hasOwn(HOOKS, name);
}

/** Hooks that may end in a verdict. */
export function endingIn(verdict: VerdictName): readonly HookName[] {
  return HOOK_NAMES.filter((hook) => HOOKS[hook].verdicts.includes(verdict));
}
