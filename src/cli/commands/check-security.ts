// Findings about what TLS and AUTH go by: certificates, who checks passwords, users. Reads files, starts nothing and asks nobody.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { type PasswordSource, passwordSourceIn } from '../../auth/index.ts';
import { isUserLine } from '../../auth/users-file.ts';
import type { Program } from '../../rules/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { checkingSource, tlsFilesIn } from '../../serve/security.ts';
import { type Certificate, readCertificates, readOtherFiles, staleSince } from '../../tls/index.ts';
import { error, type Finding, note, quoted, warning } from './findings.ts';
import { lineIn, pathOf, readText, type Subject } from './subject.ts';

/** Days before its end in which a certificate is worth a word: most are renewed 30 days before. */
const DAYS_LEFT = 14;
const DAY_MS = 86_400_000;

/** @param program the start file's; null without one that compiles */
export function checkSecurity(subject: Subject, program: Program | null): readonly Finding[] {
  const source = passwordsOf(subject);
  const hasCertificate = existsSync(pathOf(subject, 'servercert.pem'));
  return [
    ...(hasCertificate ? checkTls(subject, Date.now()) : []),
    ...checkPasswords(subject),
    ...(source?.kind === 'file' ? checkUsers(source.path) : []),
    ...checkHooks(subject, program, { starttls: hasCertificate, tls: hasCertificate, auth: source !== null }),
    ...(source === null || hasCertificate ? [] : [inClear(subject)]),
  ];
}

function passwordsOf(subject: Subject): PasswordSource | null {
  const line = lineIn(subject, 'smtpauth');
  if (line === null) {
    const path = pathOf(subject, 'smtpusers');
    return existsSync(path) ? { kind: 'file', path } : null;
  }
  const source = passwordSourceIn(line.text, subject.home);
  return 'problem' in source ? null : source;
}

function inClear(subject: Subject): Finding {
  const what = 'there is no certificate, so nobody can log in: passwords are not taken without TLS';
  return note(
    { file: pathOf(subject, 'servercert.pem') },
    what,
    'make one, or set FORCETLS=0 in the run script',
  );
}

const checkTls = (subject: Subject, now: number): readonly Finding[] => [
  ...checkCertificates(subject, now),
  ...checkOtherFiles(subject, now),
];

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function checkCertificates(subject: Subject, now: number): readonly Finding[] {
  const file = pathOf(subject, 'servercert.pem');
  const read = readCertificates({ cert: file, key: null });
  if ('problem' in read) {
    return [
      error({ file }, `${read.problem}, so STARTTLS is answered 454`, 'correct it, or remove the file'),
    ];
  }
  return [...read.flatMap((each) => validity(file, each, now)), ...readableByAll(file, 'the private key')];
}

function checkOtherFiles({ home }: Subject, now: number): readonly Finding[] {
  const files = tlsFilesIn(home);
  const read = readOtherFiles(files);
  if ('problem' in read) {
    const place = { file: `${home}/control` };
    return [error(place, `${read.problem}, so STARTTLS is answered 454`, 'correct it, or remove the file')];
  }
  const stale = read.revocations && staleSince(read.revocations, now);
  if (stale === null || files.clientCrl === null) return [];
  const what = `was to be replaced on ${dayOf(stale)}, so certificates of clients are not good`;
  return [warning({ file: files.clientCrl }, what, 'get a new one')];
}

function validity(
  file: string,
  { names, notBefore, notAfter }: Certificate,
  now: number,
): readonly Finding[] {
  const name = `the certificate for ${names.join(', ') || 'nobody'}`;
  const place = { file };
  const until = dayOf(notAfter);
  if (now > notAfter) return [warning(place, `${name} has ended on ${until}`, 'renew it')];
  if (now < notBefore) return [warning(place, `${name} is not valid yet`, 'set the clock, or renew it')];
  const days = Math.floor((notAfter - now) / DAY_MS);
  return days < DAYS_LEFT ? [warning(place, `${name} ends on ${until}, in ${days} days`, 'renew it')] : [];
}

function readableByAll(file: string, what: string): readonly Finding[] {
  try {
    if ((statSync(file).mode & 0o007) === 0) return [];
    return [warning({ file }, `everybody on this host can read ${what}`, `chmod o= ${file}`)];
  } catch {
    return []; // that it cannot be read is said already
  }
}

function checkPasswords(subject: Subject): readonly Finding[] {
  const line = lineIn(subject, 'smtpauth');
  if (line === null) return [];
  const place = { file: pathOf(subject, 'smtpauth'), line: line.line };
  const source = passwordSourceIn(line.text, subject.home);
  const effect = 'every login is answered 454';
  if ('problem' in source) {
    return [
      error(place, `${quoted(line.text)} says nobody who checks passwords, so ${effect}`, source.problem),
    ];
  }
  const checked = checkingSource(source);
  if ('problem' in checked) {
    return [error(place, `${checked.problem}, so ${effect}`, 'name the program that checks passwords first')];
  }
  const path = source.kind === 'checkpassword' ? source.program : source.path;
  if (!path.startsWith('/')) return []; // found by PATH, which is that of the run script
  try {
    accessSync(path, source.kind === 'checkpassword' ? constants.X_OK : constants.F_OK);
    return [];
  } catch (cause) {
    const what = `${path} cannot be used (${fileReason(cause)}), so ${effect}`;
    return [error(place, what, 'correct the path, or see to it that it is there')];
  }
}

function checkUsers(file: string): readonly Finding[] {
  const read = readText(file);
  if (read.kind !== 'text') {
    const what = `cannot be read (${read.reason}), so every login is answered 454`;
    return [error({ file }, what, 'make it a readable file, or remove it')];
  }
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [index, line] of (read.text ?? '').split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const place = { file, line: index + 1 };
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    if (!isUserLine(line)) {
      findings.push(error(place, 'is no user and what proves the password', 'write it with mvmtr passwd'));
    } else if (seen.has(name)) {
      findings.push(warning(place, `${quoted(name)} is there before, and that line counts`, 'remove one'));
    }
    seen.add(name);
  }
  return [...findings, ...readableByAll(file, 'what proves the passwords')];
}

/** Hooks that a session of this home never comes to. */
function checkHooks(
  subject: Subject,
  program: Program | null,
  called: Readonly<Record<'starttls' | 'tls' | 'auth', boolean>>,
): readonly Finding[] {
  if (program === null) return [];
  const names = ['starttls', 'tls', 'auth'] as const;
  return names
    .filter((name) => !called[name] && (program.hooks[name]?.length ?? 0) > 0)
    .map((name) => {
      const todo =
        name === 'auth' ? 'see smtpauth and smtpusers in the README' : 'see servercert.pem in the README';
      const what = `hook ${name} is never called: ${name === 'auth' ? 'nobody checks passwords' : 'there is no certificate'}`;
      return warning(
        { file: pathOf(subject, 'mvmtr.mfl') },
        what,
        `${todo}, unless the run script or a rule says so`,
      );
    });
}
