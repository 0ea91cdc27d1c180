// The control files whose text a session reads when it begins, in the order they are read, and in which syntaxes. As little as that: it is
// loaded with every session. What they are for, and all others, are in table.ts.

import type { ControlSyntax } from './controls.ts';

/** 'extended': read in that syntax only. */
export const TEXT_FILES = {
  me: 'both',
  smtpgreeting: 'both',
  localiphost: 'both',
  timeoutsmtpd: 'both',
  timeouthelo: 'extended',
  timeoutcommand: 'extended',
  timeoutdata: 'extended',
  rcpthosts: 'both',
  badmailfrom: 'both',
  databytes: 'both',
  smtpauth: 'both',
} as const satisfies Record<string, 'both' | 'extended'>;

export type ControlText = keyof typeof TEXT_FILES;

export function textFilesOf(syntax: ControlSyntax): readonly ControlText[] {
  const names = Object.keys(TEXT_FILES) as readonly ControlText[];
  return syntax === 'extended' ? names : names.filter((name) => TEXT_FILES[name] === 'both');
}
