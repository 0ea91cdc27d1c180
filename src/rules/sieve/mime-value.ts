// Values of Content-Type and Content-Disposition: the value itself in lower case, then parameters (RFC 2045 §5.1), with those of RFC
// 2231 put together and decoded. Comments are skipped; what does not fit ends the reading. The first of two parameters of one name
// counts.

import { lowerAscii } from '../../text/index.ts';
import { fromCharset } from './encoded-words.ts';
import { toUnicode } from './text.ts';

export interface MimeValue {
  readonly value: string;
  /** By lower-case name, in Unicode. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s;"]*))/y;
const FILLER = /(?:\s|\([^()]*\))+/y;
const MOST_PARAMETERS = 100;

function skip(text: string, at: number): number {
  FILLER.lastIndex = at;
  return at + (FILLER.exec(text)?.[0].length ?? 0);
}

/** charset'language'%41%42 */
function fromExtended(text: string): string {
  const [charset = '', , ...rest] = text.split("'");
  const octets = rest
    .join("'")
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return fromCharset(octets, charset) ?? toUnicode(octets);
}

/** RFC 2231 §3 and §4: name*0, name*1* … become name. */
function joined(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of raw) {
    const [base = '', section] = name.split('*');
    if (section === undefined) {
      if (!parameters.has(base)) parameters.set(base, toUnicode(value));
    } else if (section === '' && name.endsWith('*')) {
      parameters.set(base, fromExtended(value));
    } else if (section === '0') {
      parameters.set(base, continued(raw, base));
    }
  }
  return parameters;
}

function continued(raw: ReadonlyMap<string, string>, base: string): string {
  let text = '';
  let extended = false;
  for (let n = 0; n < MOST_PARAMETERS; n += 1) {
    const plain = raw.get(`${base}*${n}`);
    const coded = raw.get(`${base}*${n}*`);
    if (plain === undefined && coded === undefined) break;
    if (n === 0) extended = coded !== undefined;
    text += coded ?? (extended ? (plain ?? '').replace(/%/g, '%25') : (plain ?? ''));
  }
  return extended ? fromExtended(text) : toUnicode(text);
}

/** @param body octets of the field's body, folded or not */
export function parseMimeValue(body: string): MimeValue {
  const text = body.replace(/\r?\n/g, '');
  const raw = new Map<string, string>();
  const end = text.search(/[;(]/);
  const value = lowerAscii((end === -1 ? text : text.slice(0, end)).trim());
  let at = end === -1 ? text.length : skip(text, end);
  while (at < text.length && raw.size < MOST_PARAMETERS) {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(text);
    if (found === null) {
      const next = text.indexOf(';', at + 1);
      if (next === -1) break;
      at = next;
      continue;
    }
    const name = lowerAscii(found[1] ?? '');
    const quoted = found[2]?.replace(/\\([\s\S])/g, '$1');
    if (!raw.has(name)) raw.set(name, quoted ?? found[3] ?? '');
    at = skip(text, at + found[0].length);
  }
  return { value, parameters: joined(raw) };
}
