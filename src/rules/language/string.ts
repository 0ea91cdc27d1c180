// The three ways to write a string: "quoted", text: over several lines up to a dot alone, and MFL's r"raw". Each is scanned from its
// first character to the character behind it; escapes and dot-stuffing are undone and line ends become CRLF. A broken string is
// scanned to its end nevertheless, so that its contents are not taken for code. Linear time. Follows RFC 5228 §2.4.2 and §8.1.

export interface ScannedString {
  readonly value: string;
  /** Offset of the first character behind the string. */
  readonly end: number;
  readonly problem: { readonly code: string; readonly at: number; readonly message: string } | null;
}

const PLAIN = /[^"\\\r\n\0]*/y;
const HEAD = /text:[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/iy;
const LINE = /[^\r\n\0]*/y;

function run(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function unsuitable(character: string | undefined, at: number): NonNullable<ScannedString['problem']> {
  return character === '\0'
    ? { code: 'MFL-LEX-005', at, message: 'NUL character in a string; remove it' }
    : {
        code: 'MFL-LEX-006',
        at,
        message: 'carriage return without line feed in a string; lines end CRLF or LF',
      };
}

/** `start` is the opening quote. */
export function scanQuoted(text: string, start: number): ScannedString {
  const parts: string[] = [];
  let problem: ScannedString['problem'] = null;
  let at = start + 1;
  for (;;) {
    const end = run(PLAIN, text, at);
    parts.push(text.slice(at, end));
    at = end;
    if (text[at] === '"') return { value: parts.join(''), end: at + 1, problem };
    if (text[at] === '\\') at++;
    const character = text[at];
    if (character === undefined) {
      const message = "string without end; close it with '\"'";
      return { value: '', end: at, problem: problem ?? { code: 'MFL-LEX-002', at: start, message } };
    }
    if (character === '\n' || (character === '\r' && text[at + 1] === '\n')) {
      parts.push('\r\n');
      at += character === '\n' ? 1 : 2;
      continue;
    }
    if (character === '\0' || character === '\r') problem ??= unsuitable(character, at);
    parts.push(character);
    at++;
  }
}

/** `start` is the "r". */
export function scanRaw(text: string, start: number): ScannedString {
  const close = text.indexOf('"', start + 2);
  if (close < 0) {
    const message = "raw string without end; close it with '\"'";
    return { value: '', end: text.length, problem: { code: 'MFL-LEX-013', at: start, message } };
  }
  const value = text.slice(start + 2, close).replace(/\r?\n/g, '\r\n');
  const bad = value.search(/\0|\r(?!\n)/);
  const problem = bad < 0 ? null : unsuitable(value[bad], start);
  return { value, end: close + 1, problem };
}

/** `start` is the "t" of "text:". */
export function scanMultiLine(text: string, start: number): ScannedString {
  const parts: string[] = [];
  let problem: ScannedString['problem'] = null;
  let at = run(HEAD, text, start);
  if (at === start) {
    const message =
      "only white space or a comment may follow 'text:' on its line; begin the text on the next line";
    return { value: '', end: start + 5, problem: { code: 'MFL-LEX-007', at: start, message } };
  }
  while (at < text.length) {
    const first = at;
    if (text[at] === '.') at++;
    const stuffed = at > first && text[at] === '.';
    const from = stuffed ? at : first;
    for (at = run(LINE, text, at); at < text.length && text[at] !== '\n'; at = run(LINE, text, at + 1)) {
      if (text[at] === '\0' || text[at + 1] !== '\n') problem ??= unsuitable(text[at], at);
    }
    if (at >= text.length) break;
    const end = text[at - 1] === '\r' && at > from ? at - 1 : at;
    at++;
    if (!stuffed && end === first + 1 && text[first] === '.')
      return { value: parts.join(''), end: at, problem };
    parts.push(text.slice(from, end), '\r\n');
  }
  const message = "text without end; a line with nothing but '.' closes it";
  return { value: '', end: text.length, problem: problem ?? { code: 'MFL-LEX-003', at: start, message } };
}
