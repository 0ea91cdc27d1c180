// The actions a Sieve script asked for, collected before anything is done (RFC 5228 §2.10): what is in conflict fails the script,
// and what is left is carried out, or judged, as a whole.

import type { CommandNode } from '../language/ast.ts';
import type { HeaderField, Value } from '../runtime.ts';

/** The header as it stood at the action, when the script had edited it by then (RFC 5293 §6). Octet strings. */
interface Edited {
  readonly fields?: readonly HeaderField[];
}

/** One action of the result, in the order of the script. */
export type SieveAction =
  | ({ readonly action: 'keep'; readonly flags?: readonly string[]; readonly implicit?: true } & Edited)
  | ({
      readonly action: 'fileinto';
      readonly mailbox: string;
      readonly copy: boolean;
      readonly create: boolean;
      readonly flags?: readonly string[];
    } & Edited)
  | ({ readonly action: 'redirect'; readonly address: string; readonly copy: boolean } & Edited)
  | { readonly action: 'reject'; readonly reason: string; readonly protocol: boolean }
  | { readonly action: 'discard' }
  /** Recorded only: vacation, notify and what else needs a mail store. */
  | {
      readonly action: 'recorded';
      readonly name: string;
      readonly arguments: readonly string[];
      readonly node?: CommandNode;
      /** Evaluated: tags by name, a tag without value as true, positional arguments as "0", "1" … */
      readonly values?: Readonly<Record<string, Value>>;
    };

export interface SieveResult {
  readonly actions: SieveAction[];
  /** Cleared by whatever cancels the implicit keep. */
  implicitKeep: boolean;
  /** Flags in force for keep and fileinto (imap4flags internal variable). */
  flags: readonly string[];
}
