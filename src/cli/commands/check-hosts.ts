// Findings about the lists: rcpthosts, morercpthosts with its database, and badmailfrom. Also answers, for
// other findings, whether mail for a host would be accepted. What cannot be read is a finding elsewhere and
// counts as good here.

import { statSync } from 'node:fs';
import { type CdbReader, type ControlLine, listOf, openCdb, walkCdb } from '../../control/index.ts';
import { rcptHosts } from '../../recipients/index.ts';
import { lowerAscii } from '../../text/index.ts';
import { isAddress } from './address.ts';
import { error, type Finding, note, type Place, plural, quoted, warning } from './findings.ts';
import { isMissing, listIn, pathOf, type Subject } from './subject.ts';

const DATABASE = 'morercpthosts.cdb';

export function checkHosts(subject: Subject): readonly Finding[] {
  return [...checkRcptHosts(subject), ...checkMore(subject), ...checkBadMailFrom(subject)];
}

/** Whether mail for a host passes rcpthosts and its database; true where these cannot be read. */
export function ourHosts(subject: Subject): (host: string) => boolean {
  const listed = listIn(subject, 'rcpthosts');
  if (listed === null) return () => true;
  const entries = listed.map((entry) => entry.text);
  return (host) => {
    let more: CdbReader | null = null;
    try {
      more = timeOf(pathOf(subject, DATABASE)) === null ? null : openCdb(pathOf(subject, DATABASE));
      return rcptHosts({ entries, more })(host);
    } catch {
      return true;
    } finally {
      more?.close();
    }
  };
}

function checkRcptHosts(subject: Subject): readonly Finding[] {
  const file = pathOf(subject, 'rcpthosts');
  if (isMissing(subject, 'rcpthosts')) {
    const todo = 'create it with one domain per line (an empty file accepts none)';
    return subject.profile === 'stock'
      ? [error({ file }, 'missing: this host is an OPEN RELAY, mail for every domain is accepted', todo)]
      : [warning({ file }, 'missing: mail is accepted only for the name in me', todo)];
  }
  const entries = listIn(subject, 'rcpthosts');
  if (entries === null) return [];
  if (entries.length === 0 && timeOf(pathOf(subject, DATABASE)) === null) {
    return [warning({ file }, 'empty: mail is accepted for no domain', 'list the domains, one per line')];
  }
  return entries.flatMap((entry) => [...hostFindings(file, entry), ...letterCase(file, entry)]);
}

function hostFindings(file: string, entry: ControlLine): readonly Finding[] {
  const place = { file, line: entry.line };
  const shown = quoted(entry.text);
  const findings: Finding[] = [];
  const wrong = (what: string, todo: string): number => findings.push(error(place, `${shown} ${what}`, todo));
  const { text } = entry;
  if (text.includes('@')) wrong('has an "@", so it matches nothing', 'write the domain alone');
  else if (/[ \t]/.test(text))
    wrong('has white space in it, so it matches nothing', 'write one domain per line');
  if (text.includes('*'))
    wrong('has a "*", which stands for itself', 'write ".domain" for what is below a domain');
  if (isAddress(text)) wrong('is an address, and recipients have domains', 'write the domain');
  if (text.endsWith('.') && text !== '.') {
    findings.push(
      warning(place, `${shown} ends in a dot and matches only recipients written so`, 'remove the dot'),
    );
  }
  if (/[^\x00-\x7f]/.test(text)) {
    findings.push(
      warning(
        place,
        `${shown} is not ASCII and matches these octets only`,
        'add the form that starts with xn--',
      ),
    );
  }
  return findings;
}

// In morercpthosts it is no matter at all: the database is built in lower case.
function letterCase(file: string, { line, text }: ControlLine): readonly Finding[] {
  if (text === lowerAscii(text)) return [];
  const what = `${quoted(text)} has upper-case letters; they make no difference here, but they would in a database`;
  return [note({ file, line }, what, 'write it in lower case')];
}

function checkMore(subject: Subject): readonly Finding[] {
  const source = pathOf(subject, 'morercpthosts');
  const database = pathOf(subject, DATABASE);
  const text = subject.texts.get('morercpthosts');
  const entries = text == null ? [] : listOf(text, 'qmail');
  const findings = entries.flatMap((entry) => hostFindings(source, entry));
  const built = timeOf(database);
  if (built === null) {
    if (text == null) return findings;
    return [
      ...findings,
      error(
        { file: source },
        'morercpthosts.cdb is missing, so nothing of this counts',
        'run `mvmtr newmrh`',
      ),
    ];
  }
  const written = timeOf(source);
  if (written !== null && written > built) {
    findings.push(
      warning({ file: source }, 'changed after morercpthosts.cdb was built', 'run `mvmtr newmrh`'),
    );
  }
  if (isMissing(subject, 'rcpthosts')) {
    const what = 'does nothing, because rcpthosts is missing';
    findings.push(warning({ file: database }, what, 'create rcpthosts (it may be empty)'));
  }
  return [...findings, ...checkDatabase({ file: database })];
}

function checkDatabase(place: Place): readonly Finding[] {
  let upper = 0;
  let example = '';
  const walk = walkCdb(place.file, (key) => {
    if (key === lowerAscii(key)) return;
    upper += 1;
    example = key;
  });
  if (walk.kind === 'broken') {
    const what = `it is broken (${walk.reason}): look-ups in it end the session with 421`;
    return [error(place, what, 'build it again: `mvmtr newmrh`')];
  }
  if (upper === 0) return [];
  const what = `${plural(upper, 'key')} with upper-case letters, never found, like ${quoted(example)}`;
  return [error(place, what, 'build it again: `mvmtr newmrh`')];
}

function checkBadMailFrom(subject: Subject): readonly Finding[] {
  const file = pathOf(subject, 'badmailfrom');
  return (listIn(subject, 'badmailfrom') ?? []).flatMap((entry) => senderFindings(file, entry));
}

function senderFindings(file: string, { line, text }: ControlLine): readonly Finding[] {
  const place = { file, line };
  const shown = quoted(text);
  if (/[<>]/.test(text)) {
    return [
      error(place, `${shown} has brackets, so it matches no sender`, 'write the address without < and >'),
    ];
  }
  if (/[ \t]/.test(text)) {
    return [error(place, `${shown} has white space in it`, 'write one address or @domain per line')];
  }
  if (text.includes('*')) {
    return [error(place, `${shown} has a "*", which stands for itself`, 'write @domain for a whole domain')];
  }
  if (text.includes('@')) return [];
  const what = `${shown} has no "@": it matches only a sender written without a domain`;
  return [warning(place, what, 'write user@domain or @domain')];
}

/** When the file was last changed, in milliseconds; null when there is none. */
function timeOf(path: string): number | null {
  try {
    return statSync(path).mtimeMs;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? null : 0;
  }
}
