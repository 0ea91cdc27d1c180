// Contexts of the TLS library, one for each certificate. They take milliseconds, so each is made when it is wanted
// first, and when files are read again those stay for which nothing has changed. What the library refuses is a
// problem, and it is asked once.

import type { Certificate } from './certificate.ts';
import type { Problem } from './certificates.ts';

export interface ContextParts {
  /** PEM: the certificate and its chain. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** PEM: who signs certificates of clients; null: they are not asked for any. */
  readonly clientCa: string | null;
  /** OpenSSL's cipher list for TLS 1.2; null: the library's own. */
  readonly ciphers: string | null;
  readonly ticketKeys: Uint8Array | null;
}

/** @throws what the library says */
export type MakeContext<Context> = (parts: ContextParts) => Context;

/** What is the same for all certificates. */
export type SharedParts = Omit<ContextParts, 'cert' | 'key'>;

/** Why is put into words when they are wanted: they take the certificate's title. */
export interface Refused {
  readonly refused: () => Problem;
}

type Made<Context> = { readonly context: Context } | Refused;

export interface Contexts<Context> {
  readonly shared: SharedParts;
  /** By the certificate's text. */
  readonly made: Map<string, Made<Context>>;
}

/** @param before what was in force, whose contexts are taken over where nothing has changed */
export function contextsFor<Context>(
  certificates: readonly Certificate[],
  shared: SharedParts,
  before: Contexts<Context> | null,
): Contexts<Context> {
  const made = new Map<string, Made<Context>>();
  const known = before !== null && isSame(before.shared, shared) ? before.made : made;
  for (const text of certificates.map(textOf)) {
    const context = known.get(text);
    if (context !== undefined) made.set(text, context);
  }
  return { shared, made };
}

export function contextOf<Context>(
  { shared, made }: Contexts<Context>,
  certificate: Certificate,
  make: MakeContext<Context>,
): Made<Context> {
  const text = textOf(certificate);
  const context = made.get(text) ?? attempt(shared, certificate, make);
  made.set(text, context);
  return context;
}

function attempt<Context>(
  shared: SharedParts,
  certificate: Certificate,
  make: MakeContext<Context>,
): Made<Context> {
  try {
    return { context: make({ ...shared, cert: certificate.chain, key: certificate.key }) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return {
      refused() {
        // Where it names ciphers, it means the list of them and no certificate.
        const what = /cipher/i.test(cause)
          ? `ciphers "${shared.ciphers}"`
          : `certificate ${certificate.title}`;
        return { problem: `${what}: the TLS library says "${cause}"` };
      },
    };
  }
}

const textOf = ({ chain, key }: Certificate): string => chain + key;

function isSame(one: SharedParts, other: SharedParts): boolean {
  const keysOf = ({ ticketKeys }: SharedParts): string => (ticketKeys ?? []).join();
  return one.clientCa === other.clientCa && one.ciphers === other.ciphers && keysOf(one) === keysOf(other);
}
