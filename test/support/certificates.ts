// Certificates for tests, made when they are needed by the command `openssl` (a test that uses this says so with
// needs('openssl')): self-signed ones, authorities, and what these sign, to any depth. EC keys are on P-256 and take
// some 10 ms; RSA keys have 2048 bits and take ten times as long. Files are named after the certificate, in a
// directory of the caller's.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Wanted {
  /** Common name, and the first part of the names of files. */
  readonly name: string;
  readonly kind: 'ec' | 'rsa';
  /** Alternative names: host names, perhaps with "*." in front. */
  readonly names: readonly string[];
  /** From now on; 30 unless said, and below 0 it is over already. */
  readonly days?: number;
  /** emailAddress in the subject, as clients have it. */
  readonly email?: string;
  /** Who signs it; nobody else unless said. */
  readonly issuer?: Made;
  /** It may sign others. Unless said, those may that are neither for a host nor for a client. */
  readonly authority?: boolean;
  /** Of its signature; sha256 unless said. */
  readonly hash?: string;
  /** Of an EC key; prime256v1 unless said. */
  readonly curve?: string;
}

export interface Made {
  /** Nothing but the certificate. */
  readonly certFile: string;
  /** PKCS #8, without a pass phrase. */
  readonly keyFile: string;
  /** As qmail's servercert.pem: the key, the certificate, and whoever signed it, save for the root. */
  readonly bothFile: string;
  readonly certText: string;
  readonly keyText: string;
  /** The certificate and whoever signed it, save for the root. */
  readonly chainText: string;
  /** It has signed itself. */
  readonly isRoot: boolean;
}

/** @throws with what openssl says */
export function makeCertificate(directory: string, wanted: Wanted): Made {
  const { name, issuer, days = 30, hash = 'sha256' } = wanted;
  const file = (suffix: string): string => join(directory, `${name}.${suffix}`);
  const [certFile, keyFile, bothFile] = [file('cert.pem'), file('key.pem'), file('pem')];
  const config = join(directory, 'openssl.cnf');
  writeFileSync(config, '[req]\ndistinguished_name = nothing\n[nothing]\n'); // and none of the system's extensions
  const make = days < 0 ? makeOver : makeValid;
  make({ ...wanted, days, hash }, { config, certFile, keyFile });
  const certText = readFileSync(certFile, 'latin1');
  const keyText = readFileSync(keyFile, 'latin1');
  const chainText = certText + (issuer === undefined || issuer.isRoot ? '' : issuer.chainText);
  writeFileSync(bothFile, keyText + chainText, { mode: 0o600 });
  return { certFile, keyFile, bothFile, certText, keyText, chainText, isRoot: issuer === undefined };
}

export interface WantedList {
  readonly issuer: Made;
  readonly revoked?: readonly Made[];
  /** From when and until when it counts, as "20260101000000Z"; from now on for 30 days unless said. */
  readonly from?: string;
  readonly until?: string;
  /** In the form of openssl's configuration: "issuingDistributionPoint=critical,@point". */
  readonly extensions?: readonly string[];
}

/** A list of revoked certificates, as PEM. @throws with what openssl says */
export function makeRevocationList(
  directory: string,
  { issuer, revoked = [], from, until, extensions = [] }: WantedList,
): string {
  const own = mkdtempSync(join(directory, 'crl-'));
  const file = (name: string): string => join(own, name);
  writeFileSync(file('index'), '');
  writeFileSync(
    file('config'),
    [
      ...['[ca]', 'default_ca = us', '[us]', `database = ${file('index')}`, 'default_md = sha256'],
      ...['default_crl_days = 30', ...(extensions.length === 0 ? [] : ['crl_extensions = more'])],
      ...['[more]', ...extensions, '[point]', 'onlyuser = TRUE', ''],
    ].join('\n'),
  );
  const signed = ['ca', '-config', file('config'), '-cert', issuer.certFile, '-keyfile', issuer.keyFile];
  for (const { certFile } of revoked) openssl([...signed, '-revoke', certFile]);
  const times = [
    ...(from === undefined ? [] : ['-crl_lastupdate', from]),
    ...(until === undefined ? [] : ['-crl_nextupdate', until]),
  ];
  return openssl([...signed, '-gencrl', ...times]);
}

/** @returns what it prints on descriptor 1 */
export function openssl(args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
}

type Complete = Wanted & { readonly days: number; readonly hash: string };
type Files = Pick<Made, 'certFile' | 'keyFile'> & { readonly config: string };

function makeValid(wanted: Complete, { config, certFile, keyFile }: Files): void {
  const { days, hash } = wanted;
  openssl([
    ...['req', '-x509', '-config', config, `-${hash}`, '-nodes', ...keyArguments(wanted), ...signer(wanted)],
    ...['-subj', subjectOf(wanted), '-days', String(days), '-keyout', keyFile, '-out', certFile],
    ...extensionsOf(wanted).flatMap((extension) => ['-addext', extension]),
  ]);
}

// What is over already is only made from a request.
function makeOver(wanted: Complete, { config, certFile, keyFile }: Files): void {
  const { days, hash } = wanted;
  const request = `${certFile}.request`;
  const extensions = `${certFile}.extensions`;
  writeFileSync(extensions, extensionsOf(wanted).join('\n'));
  openssl([
    ...['req', '-new', '-config', config, '-nodes', ...keyArguments(wanted)],
    ...['-subj', subjectOf(wanted), '-keyout', keyFile, '-out', request],
  ]);
  openssl([
    ...['x509', '-req', '-in', request, `-${hash}`, '-extfile', extensions, '-days', String(days)],
    ...(wanted.issuer === undefined ? ['-signkey', keyFile] : signer(wanted)),
    ...['-out', certFile],
  ]);
}

const signer = ({ issuer }: Wanted): readonly string[] =>
  issuer === undefined ? [] : ['-CA', issuer.certFile, '-CAkey', issuer.keyFile];

function keyArguments({ kind, curve = 'prime256v1' }: Wanted): readonly string[] {
  return kind === 'ec'
    ? ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`]
    : ['-newkey', 'rsa:2048'];
}

const subjectOf = ({ name, email }: Wanted): string =>
  `/CN=${name}${email === undefined ? '' : `/emailAddress=${email}`}`;

function extensionsOf({ names, email, issuer, authority }: Wanted): readonly string[] {
  const signs = authority ?? (names.length === 0 && email === undefined);
  return [
    `basicConstraints=critical,CA:${signs ? 'TRUE' : 'FALSE'}`,
    'subjectKeyIdentifier=hash',
    ...(issuer === undefined ? [] : ['authorityKeyIdentifier=keyid']),
    ...(names.length === 0 ? [] : [`subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`]),
  ];
}
