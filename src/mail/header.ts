// The header of a message as fields, and the header put together again with fields added or taken out (RFC 5322 §2.2). Message
// octets have LF line ends here. Nothing is normalised: what no edit touches goes out as it came in.

export interface HeaderField {
  /** As written, without the colon. */
  readonly name: string;
  /** Everything behind the colon: folding as it is, without the last line end. */
  readonly body: string;
}

export interface ParsedHeader {
  readonly fields: readonly HeaderField[];
  /** Octets of the fields; the blank line, if there is one, comes behind them. */
  readonly octets: number;
}

export interface HeaderEdits {
  /** Indexes of fields to take out. */
  readonly remove: ReadonlySet<number>;
  /** Fields in front of all others, and behind them, in this order. */
  readonly first: readonly HeaderField[];
  readonly last: readonly HeaderField[];
}

const FIELD = /^([\x21-\x39\x3b-\x7e]+)[ \t]*:/;

/** @param text octet string that starts with the header; the body may follow. Stops at the first line that is no field. */
export function parseHeader(text: string): ParsedHeader {
  const fields: HeaderField[] = [];
  let at = 0;
  while (at < text.length && text[at] !== '\n') {
    const end = endOfField(text, at);
    const name = FIELD.exec(text.slice(at, Math.min(end, at + 1000)));
    if (!name) break;
    fields.push({
      name: name[1] as string,
      body: text.slice(at + name[0].length, end - (text[end - 1] === '\n' ? 1 : 0)),
    });
    at = end;
  }
  return { fields, octets: at };
}

// Behind the line end of the field's last line: lines that start with white space belong to it.
function endOfField(text: string, start: number): number {
  let at = start;
  for (;;) {
    const lf = text.indexOf('\n', at);
    if (lf < 0) return text.length;
    at = lf + 1;
    if (text[at] !== ' ' && text[at] !== '\t') return at;
  }
}

/**
 * The octets of an edited header: `text` is the header as it came, `parsed` what parseHeader() made of it.
 * Added fields must be clean: no line end but before white space.
 */
export function editHeader(text: string, parsed: ParsedHeader, edits: HeaderEdits): string {
  const line = ({ name, body }: HeaderField): string => `${name}:${body}\n`;
  let kept = '';
  let at = 0;
  for (const index of parsed.fields.keys()) {
    const end = endOfField(text, at);
    if (!edits.remove.has(index)) kept += text.slice(at, end);
    at = end;
  }
  if (kept !== '' && !kept.endsWith('\n')) kept += '\n';
  return edits.first.map(line).join('') + kept + edits.last.map(line).join('');
}
