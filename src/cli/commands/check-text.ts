// Findings about octets that have no business in a control file, whatever the control: carriage returns, NUL,
// a byte order mark, and the marks of the extended syntax where nobody understands them. One finding for each
// kind and file, at the first line it is in.

import { CONTROL_TABLE, type ControlSyntax } from '../../control/index.ts';
import { error, type Finding, type Place, plural, quoted, warning } from './findings.ts';
import { lineIn, pathOf, type Subject } from './subject.ts';

const UTF8_MARK = '\xef\xbb\xbf';

export function checkText(subject: Subject): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [file, text] of subject.texts) {
    if (text === null) continue;
    const path = pathOf(subject, file);
    findings.push(
      ...octetFindings(path, text, syntaxOf(file, subject)),
      ...syntaxFindings(file, text, subject),
    );
  }
  return findings;
}

function octetFindings(path: string, text: string, syntax: ControlSyntax): readonly Finding[] {
  const findings: Finding[] = [];
  if (text.startsWith(UTF8_MARK)) {
    findings.push(
      error(
        { file: path, line: 1 },
        'starts with a UTF-8 byte order mark, which is taken as text',
        'save it without one',
      ),
    );
  }
  findings.push(...carriageReturns(path, text, syntax));
  const [nul] = linesWith(text, /\0/);
  if (nul !== undefined) {
    findings.push(
      warning({ file: path, line: nul }, 'there is a NUL octet in it', 'write it anew as plain text'),
    );
  }
  return findings;
}

function carriageReturns(path: string, text: string, syntax: ControlSyntax): readonly Finding[] {
  const lines = linesWith(text, /\r/);
  const [first] = lines;
  if (first === undefined) return [];
  const [inside] = syntax === 'qmail' ? [first] : linesWith(text, /\r(?![ \t\r]*$)/);
  if (inside !== undefined) {
    const what = `${plural(lines.length, 'line')} with a carriage return, which is taken as part of the text`;
    return [error({ file: path, line: inside }, what, 'save the file with LF line ends')];
  }
  const what = `${plural(lines.length, 'line')} with CRLF at the end: qmail's programs take the CR as part of the text`;
  return [warning({ file: path, line: first }, what, 'save the file with LF line ends')];
}

/** morercpthosts is compiled, not read by sessions, and the compiler knows one syntax only. */
function syntaxOf(file: string, subject: Subject): ControlSyntax {
  return file === 'morercpthosts' ? 'qmail' : subject.syntax;
}

function syntaxFindings(file: string, text: string, subject: Subject): readonly Finding[] {
  const path = pathOf(subject, file);
  if (syntaxOf(file, subject) === 'qmail') return isList(file) ? [] : commentFindings(file, subject);
  const lines = text.replace(/[ \t\r\n]+$/, '').split('\n');
  const last = lines.at(-1) ?? '';
  if (last.length < 2 || !last.endsWith('\\') || last.startsWith('#')) return [];
  const place: Place = { file: path, line: lines.length };
  return [warning(place, 'the last line ends in a backslash, but no line follows', 'remove the backslash')];
}

function commentFindings(file: string, subject: Subject): readonly Finding[] {
  const first = lineIn(subject, file);
  if (first === null || !/^[#\\]/.test(first.text)) return [];
  const what = `${quoted(first.text)} is taken literally: the stock profile has no comments and no backslashes here`;
  return [error({ file: pathOf(subject, file), line: 1 }, what, 'put the value on the first line')];
}

function isList(file: string): boolean {
  return CONTROL_TABLE.some((row) =>
    row.file === file ? row.kind === 'list' : row.kind === 'cdb' && row.source === file,
  );
}

function linesWith(text: string, pattern: RegExp): readonly number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
