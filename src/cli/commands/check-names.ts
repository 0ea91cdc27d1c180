// Findings about the names this host goes by: me, smtpgreeting and localiphost. What a profile does
// without one of them decides whether its absence is an error. Says nothing about a file that cannot be
// read.

import { type ControlLine, listOf } from '../../control/index.ts';
import { isDomain } from '../../smtp/index.ts';
import { equalsIgnoringCase } from '../../text/index.ts';
import { isAddress } from './address.ts';
import { error, type Finding, note, quoted, warning } from './findings.ts';
import { isMissing, lineIn, pathOf, type Subject } from './subject.ts';

export function checkNames(subject: Subject, isOurs: (host: string) => boolean): readonly Finding[] {
  return [...checkMe(subject), ...checkGreeting(subject), ...checkLocalIpHost(subject, isOurs)];
}

function checkMe(subject: Subject): readonly Finding[] {
  const file = pathOf(subject, 'me');
  if (isMissing(subject, 'me')) return [missingMe(subject, file)];
  const me = lineIn(subject, 'me');
  if (me === null) return subject.texts.has('me') ? [missingMe(subject, file)] : [];
  const findings: Finding[] = [];
  const place = { file, line: me.line };
  if (!isDomain(me.text)) {
    const what =
      me.text === '' ? 'the name of this host is empty' : `${quoted(me.text)} is not a domain name`;
    findings.push(error(place, what, 'write the full name of this host, and nothing else'));
  } else if (!me.text.includes('.')) {
    findings.push(
      warning(place, `${quoted(me.text)} is not a full name`, 'write the host name with its domain'),
    );
  }
  findings.push(...moreLines(subject, 'me'));
  return findings;
}

function missingMe(subject: Subject, file: string): Finding {
  if (subject.profile === 'mvmtr') {
    const what = 'missing: the name comes from TCPLOCALHOST, else [TCPLOCALIP], else from the system';
    return warning({ file }, what, 'write the full name of this host into it');
  }
  if (!isMissing(subject, 'smtpgreeting')) {
    const what = 'missing: there is no name for localiphost to fall back to';
    return warning({ file }, what, 'write the full name of this host into it');
  }
  const what = 'missing, and smtpgreeting too, so every session is answered 421';
  return error({ file }, what, 'write the full name of this host into it');
}

// In the mvmtr profile the text of smtpgreeting is free: the name is in a line of its own.
function checkGreeting(subject: Subject): readonly Finding[] {
  if (subject.profile === 'mvmtr') return [];
  const greeting = lineIn(subject, 'smtpgreeting');
  if (greeting === null) return [];
  const place = { file: pathOf(subject, 'smtpgreeting'), line: 1 };
  const [name = ''] = greeting.text.split(' ');
  const findings = moreLines(subject, 'smtpgreeting');
  if (isDomain(name) && name.includes('.')) return findings;
  const what = `the first word, ${quoted(name)}, is not the name of a host`;
  return [warning(place, what, 'start the greeting with the full name of this host'), ...findings];
}

function checkLocalIpHost(subject: Subject, isOurs: (host: string) => boolean): readonly Finding[] {
  const host = lineIn(subject, 'localiphost');
  if (host === null) return [];
  const place = { file: pathOf(subject, 'localiphost'), line: host.line };
  const findings = [...moreLines(subject, 'localiphost')];
  if (isAddress(host.text)) {
    const what = `${quoted(host.text)} is an address; it would take the place of an address`;
    return [error(place, what, 'write a domain name'), ...findings];
  }
  if (!isDomain(host.text)) {
    return [error(place, `${quoted(host.text)} is not a domain name`, 'write a domain name'), ...findings];
  }
  const me = lineIn(subject, 'me');
  if (me !== null && !equalsIgnoringCase(me.text, host.text)) {
    findings.push(note(place, `${quoted(host.text)} is not the name in me`, 'nothing, if that is meant'));
  }
  if (!isOurs(host.text)) {
    const what = `${quoted(host.text)} is not in rcpthosts, so mail to user@[an address of this host] is refused`;
    findings.push(warning(place, what, 'list it in rcpthosts, or remove localiphost'));
  }
  return findings;
}

/** Only the first line of such a control is used. */
function moreLines(subject: Subject, file: string): readonly Finding[] {
  const text = subject.texts.get(file) ?? '';
  const [second] = subject.syntax === 'extended' ? listOf(text, 'extended').slice(1) : linesAfterFirst(text);
  if (second === undefined) return [];
  const place = { file: pathOf(subject, file), line: second.line };
  return [warning(place, 'only the first line is used, but there are more', 'keep one line')];
}

function linesAfterFirst(text: string): readonly ControlLine[] {
  const lines = text.split('\n').map((line, index) => ({ line: index + 1, text: line }));
  return lines.slice(1).filter((each) => each.text.trim() !== '');
}
