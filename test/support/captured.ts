// The output of a tool, kept to be looked at.

import type { Output } from '../../src/cli/commands/output.ts';

export interface Captured {
  readonly output: Output;
  /** All that was printed until now. */
  readonly printed: () => { readonly out: string; readonly err: string };
}

export function captured(): Captured {
  let out = '';
  let err = '';
  const output: Output = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  };
  return { output, printed: () => ({ out, err }) };
}
