// Who has signed a certificate, and who that one, as far as a file tells. By the names and key identifiers in the
// certificates: whether the signatures are good is for clients to say.

import type { X509Certificate } from 'node:crypto';
import type { Some } from './certificates.ts';

/**
 * A certificate and its signers, each once.
 * @param all in the order of the file
 * @param alone no other certificate of the file has a key. Then, if its issuer cannot be found, all are sent that are left, as
 *   the patches for qmail do: a client may know better what belongs together.
 */
export function chainOf(
  own: X509Certificate,
  all: readonly X509Certificate[],
  alone: boolean,
): Some<X509Certificate> {
  const chain: [X509Certificate, ...X509Certificate[]] = [own];
  for (let last = own; !isSelfIssued(last); ) {
    const issuer = all.find((each) => !chain.includes(each) && last.checkIssued(each));
    if (issuer === undefined) break;
    chain.push(issuer);
    last = issuer;
  }
  if (chain.length > 1 || isSelfIssued(own) || !alone) return chain;
  return [own, ...all.filter((each) => each !== own && each.ca)];
}

const isSelfIssued = (certificate: X509Certificate): boolean => certificate.checkIssued(certificate);
