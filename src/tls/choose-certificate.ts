// Which certificate a client gets. Before anything else it is one that the client can check, because without that
// there is no TLS at all. Then by name: the very one, a wildcard, or what somebody gets who asks for the first name
// of the first certificate. Then ECDSA goes before RSA, and what few clients know comes last; then the first in the
// order of the files.

import type { Certificate } from './certificate.ts';
import type { Hello } from './client-hello.ts';

type Choosable = Pick<Certificate, 'names' | 'kind'>;

const PREFERENCE: readonly Certificate['kind'][] = ['ecdsa', 'rsa', 'other'];

export function chooseCertificate<Of extends Choosable>(
  certificates: readonly [Of, ...Of[]],
  { serverName, ecdsa }: Hello,
): Of {
  const [first] = certificates;
  if (certificates.length === 1) return first; // and nothing has to be found out about it
  const checkable = certificates.filter(({ kind }) => ecdsa || kind !== 'ecdsa');
  const eligible = checkable.length > 0 ? checkable : certificates;
  for (const name of [serverName, first.names[0]]) {
    const named = name ? bestNamed(eligible, name) : [];
    const kind = PREFERENCE.find((each) => named.some((one) => one.kind === each));
    const chosen = named.find((one) => one.kind === kind);
    if (chosen !== undefined) return chosen;
  }
  return eligible[0] ?? first;
}

// RFC 6125 §6.4.3: an asterisk stands for the whole first label, and for nothing else.
function bestNamed<Of extends Choosable>(certificates: readonly Of[], name: string): readonly Of[] {
  const exact = certificates.filter(({ names }) => names.includes(name));
  if (exact.length > 0) return exact;
  const dot = name.indexOf('.');
  return dot < 1 ? [] : certificates.filter(({ names }) => names.includes(`*${name.slice(dot)}`));
}
