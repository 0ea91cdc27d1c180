// The interpreter's contract with the world. The interpreter itself is synchronous: when it needs something that has to be looked
// up (DNS, a map, the body) and is not known yet, it stops with that Lookup; its driver finds the answer, puts it into the
// `known` map of the run, and runs the same hook again from its start with variables as they were. Lookups are remembered
// for the session and time stands still during a hook, so the second run takes the same way and gets one step further.
// Everything a script does to the world is an Effect in the result, performed only when a run has come to its end.

import type { SieveResult } from './interpreter/result.ts';
import type { HookName } from './program.ts';

export type Value = string | number | boolean | readonly string[];

/** A question to the world. `key` identifies it: asked twice, it is answered once. */
export interface Lookup {
  readonly key: string;
  /** 'authorisation': failure is a run-time error. 'reputation': failure is an empty value and lookup_failed(). */
  readonly group: 'authorisation' | 'reputation';
  readonly question:
    | { readonly kind: 'dns'; readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR'; readonly name: string }
    | { readonly kind: 'dnsbl'; readonly zone: string; readonly subject: string }
    | { readonly kind: 'resolves'; readonly domain: string }
    | {
        readonly kind: 'map';
        readonly uri: string;
        readonly key: string;
        readonly mode: 'value' | 'has' | 'address';
      }
    | { readonly kind: 'property'; readonly name: string }
    | { readonly kind: 'function'; readonly name: string; readonly arguments: readonly Value[] }
    | { readonly kind: 'body' };
}

export type Answer =
  | { readonly ok: true; readonly value: Value }
  /** Could not be found out. `reason` is for the log. */
  | { readonly ok: false; readonly reason: string };

/** Immediate facts: properties of spec section 8 that need no lookup, by their dotted name: "client.ip", "rcpt.address". */
export type Properties = (name: string) => Value | undefined;

/** One header field as it stands in the message: octet strings. */
export interface HeaderField {
  readonly name: string;
  /** Everything behind the colon, folding and all, without the final line end. */
  readonly body: string;
}

/** The message as far as it is known at the hook; null before `headers`. */
export interface MessageView {
  readonly fields: readonly HeaderField[];
  /** Octets of the whole message; undefined before it is complete. */
  readonly size?: number;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export type Verdict =
  | { readonly verdict: 'undecided' }
  | { readonly verdict: 'accept'; readonly scope: 'plain' | 'local' | 'relay' }
  | {
      readonly verdict: 'reject' | 'defer' | 'drop';
      readonly code?: number;
      readonly status?: string;
      readonly text?: string;
    }
  | { readonly verdict: 'discard' }
  | { readonly verdict: 'quarantine'; readonly into?: string; readonly text?: string }
  | { readonly verdict: 'reply'; readonly code: number; readonly text?: string }
  | { readonly verdict: 'user-filter' };

export type Effect =
  | { readonly effect: 'log'; readonly level: string; readonly text: string; readonly where: string }
  | { readonly effect: 'tag'; readonly name: string; readonly value: string }
  | { readonly effect: 'delay'; readonly seconds: number }
  | {
      readonly effect: 'report';
      readonly kind: string;
      readonly key: string;
      readonly weight: number;
      readonly note: string;
    }
  | { readonly effect: 'addheader'; readonly name: string; readonly value: string; readonly last: boolean }
  | {
      readonly effect: 'deleteheader';
      readonly name: string;
      readonly index?: number;
      readonly last?: boolean;
      readonly fields: readonly number[];
    }
  | { readonly effect: 'sender'; readonly address: string }
  | { readonly effect: 'rcpt'; readonly how: 'set' | 'add' | 'remove'; readonly address: string }
  | { readonly effect: 'control'; readonly name: string; readonly value: Value }
  | { readonly effect: 'property'; readonly name: string; readonly value: Value };

export interface RuntimeFault {
  readonly fault: 'rule';
  /** "policy.mfl:12:5" */
  readonly where: string;
  readonly code: string;
  readonly message: string;
}

/** How one run of a hook came out. */
export type HookRun =
  | { readonly end: 'needs'; readonly lookup: Lookup }
  | { readonly end: 'failed'; readonly fault: RuntimeFault; readonly effects: readonly Effect[] }
  | {
      readonly end: 'done';
      readonly verdict: Verdict;
      /** Where the verdict stands, for the log: "policy.mfl:12". */
      readonly where: string | null;
      /** The private text of :log, and whether the verdict was only :dryrun (then it is in effects as a log). */
      readonly log?: string;
      readonly effects: readonly Effect[];
      readonly variables: Variables;
      readonly steps: number;
      /** What Sieve's own actions asked for, when there were any. */
      readonly result?: SieveResult;
    };

/** Values of session and transaction variables between hooks. */
export interface Variables {
  readonly session: Readonly<Record<string, Value>>;
  readonly transaction: Readonly<Record<string, Value>>;
}

export interface HookInput {
  readonly hook: HookName;
  readonly arguments: readonly Value[];
  readonly properties: Properties;
  readonly message: MessageView | null;
  readonly envelope: Envelope | null;
  readonly known: ReadonlyMap<string, Answer>;
  readonly variables: Variables;
  /** Milliseconds since 1970, the same for every run of this hook. */
  readonly now: number;
}
