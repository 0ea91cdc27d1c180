// What a connection's environment and control files say about TLS and AUTH → what a session offers. Pure, and loaded with every
// session, which opens no door for what it does not use. The variables are those of the patches for qmail-smtpd and of
// ucspi-ssl; each block of QMAIL-COMPATIBILITY.md names them.

import type { PasswordSource } from '../auth/index.ts';
import { type AuthOffer, NO_TLS_FILES, type SessionConfig } from '../session/index.ts';
import type { TlsFiles } from '../tls/index.ts';
import type { Environment } from './environment.ts';

/** Who checks passwords. What is wrong about it is a problem only for those who want to log in. */
export type PasswordChecker = PasswordSource | { readonly problem: string };

/**
 * The arguments of a patched qmail-smtpd: "HOST CHECKPASSWORD SUBPROGRAM", or, where SMTPAUTH is set, without the host. A host
 * has no slash, and its program has one; otherwise the first word is the program.
 */
export function passwordArguments(
  words: readonly string[],
  { SMTPAUTH }: Environment,
): Extract<PasswordSource, { kind: 'checkpassword' }> | null {
  const [first = '', second = ''] = words;
  const hasHost = !first.includes('/') && second.includes('/') && words.length > 2;
  if (words.length < 2 || (!hasHost && SMTPAUTH === undefined)) return null;
  const [program = '', ...args] = hasHost ? words.slice(1) : words;
  return { kind: 'checkpassword', program, args };
}

/** Programs that would take every password for right: they belong behind the one that checks. */
const SAY_YES = /(?:^|\/)(?:true|sh|env)$/;

/** A problem instead of a program that checks nothing. */
export function checkingSource(checker: PasswordChecker): PasswordChecker {
  if ('problem' in checker || checker.kind !== 'checkpassword' || !SAY_YES.test(checker.program))
    return checker;
  return {
    problem: `${checker.program} is in the place of the program that checks passwords, and checks nothing`,
  };
}

/** Where the patches have their files. */
export function tlsFilesIn(home: string): TlsFiles {
  const control = `${home}/control`;
  return {
    certificates: [{ cert: `${control}/servercert.pem`, key: null }],
    clientCa: `${control}/clientca.pem`,
    clientCrl: `${control}/clientcrl.pem`,
    ciphersFile: `${control}/tlsserverciphers`,
    ciphers: null,
    clientsFile: `${control}/tlsclients`,
    ticketKeys: `${home}/state/ticketkeys`,
  };
}

/** UCSPI-TLS: descriptors by which somebody in front of us starts TLS when told to, and speaks it for us. */
export interface UcspiTls {
  readonly control: number;
  readonly read: number;
  readonly write: number;
}

/** null: nobody has offered it, or `UCSPITLS` is "-". */
export function ucspiTlsIn({ UCSPITLS, SSLCTLFD, SSLREADFD, SSLWRITEFD }: Environment): UcspiTls | null {
  if (UCSPITLS === undefined || UCSPITLS === '-') return null;
  const numbers = [SSLCTLFD, SSLREADFD, SSLWRITEFD].map((text) =>
    /^[0-9]{1,5}$/.test(text ?? '') ? Number(text) : 0,
  );
  const [control = 0, read = 0, write = 0] = numbers;
  return control > 2 && read > 2 && write > 2 ? { control, read, write } : null;
}

/** @param files null where there is no certificate */
export function tlsOffer(
  env: Environment,
  files: TlsFiles | null,
): Pick<SessionConfig, 'tls' | 'requireTls'> {
  const off = env.DISABLETLS !== undefined || env.UCSPITLS === '-';
  const offered = ucspiTlsIn(env) === null ? files : NO_TLS_FILES;
  return { tls: off ? null : offered, requireTls: env.UCSPITLS === '!' };
}

/** Mechanisms that need no password in the clear on our side come first: clients take the first one they know. */
const OWN_MECHANISMS = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', 'PLAIN', 'LOGIN'];
const USUAL_MECHANISMS = ['PLAIN', 'LOGIN'];
const CRAM = 'CRAM-MD5';

const NOBODY: PasswordChecker = { problem: 'nobody checks passwords here' };

/** @param source null: nobody checks passwords. Where a login is wanted all the same, there is no mail without one, and it fails. */
export function authOffer(
  { SMTPAUTH, FORCETLS }: Environment,
  source: PasswordChecker | null,
): Pick<SessionConfig, 'auth' | 'requireAuth'> {
  const wanted = SMTPAUTH ?? '';
  const requireAuth = wanted.includes('!');
  if (wanted.includes('-') || (source === null && !requireAuth)) return { auth: null, requireAuth: false };
  const auth: AuthOffer = {
    mechanisms: mechanismsOf(source ?? NOBODY, wanted),
    inClear: FORCETLS === '0',
  };
  return { auth, requireAuth };
}

// "+cram" adds it, "cram" alone is all there is.
function mechanismsOf(source: PasswordChecker, wanted: string): readonly string[] {
  const kind = 'problem' in source ? null : source.kind;
  if (kind === 'file') return OWN_MECHANISMS; // has no password that CRAM-MD5 could be checked with
  const named = 'problem' in source || source.kind !== 'dovecot' ? [] : source.mechanisms;
  const usual = named.length > 0 ? named : USUAL_MECHANISMS;
  if (!wanted.includes('cram')) return usual;
  return wanted.includes('+') ? [...usual.filter((name) => name !== CRAM), CRAM] : [CRAM];
}
