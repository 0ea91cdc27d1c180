// Addresses of RFC 5322 §3.4 and §4.4 in header fields and of RFC 5321 §4.1.2 in the envelope, and their parts for Sieve
// (RFC 5228 §2.7.4, RFC 5233). Comments, display names, group names, routes and folding are left out; a group gives its members.
// What is not an address comes back as `parts: null` with its text, because :all still compares it and the other parts do not.
// One pass over the text, linear, nesting of comments counted and not recursed into.

export interface AddressParts {
  /** Unquoted. */
  readonly localpart: string;
  /** As written; an address literal keeps its brackets. */
  readonly domain: string;
}

export interface Mailbox {
  /** The address as compared by :all: local part quoted only where it has to be. */
  readonly text: string;
  readonly parts: AddressParts | null;
}

export type AddressPart = 'all' | 'localpart' | 'domain' | 'user' | 'detail';

interface Token {
  readonly kind: 'atom' | 'quoted' | 'literal' | 'special';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const ATOM = /[^()<>[\]:;@\\,."\x00-\x20\x7f]+/y;
const DOT_ATOM = /^[^()<>[\]:;@\\,."\x00-\x20\x7f]+(?:\.[^()<>[\]:;@\\,."\x00-\x20\x7f]+)*$/;

/** Where the comment that starts at `at` ends; -1 when it does not. */
function commentEnd(text: string, at: number): number {
  let depth = 0;
  for (let n = at; n < text.length; n += 1) {
    const character = text.charAt(n);
    if (character === '\\') n += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return n + 1;
    }
  }
  return -1;
}

function delimited(text: string, at: number, close: string): { value: string; end: number } | null {
  let value = '';
  for (let n = at + 1; n < text.length; n += 1) {
    const character = text.charAt(n);
    if (character === close) return { value, end: n + 1 };
    if (character === '\\' && n + 1 < text.length) {
      n += 1;
      value += text.charAt(n);
    } else if (character !== '\r' && character !== '\n') {
      value += character;
    }
  }
  return null;
}

function tokenAt(text: string, at: number): Token | null {
  const character = text.charAt(at);
  if (character === '"') {
    const quoted = delimited(text, at, '"');
    return quoted && { kind: 'quoted', text: quoted.value, start: at, end: quoted.end };
  }
  if (character === '[') {
    const literal = delimited(text, at, ']');
    return literal && { kind: 'literal', text: `[${literal.value}]`, start: at, end: literal.end };
  }
  ATOM.lastIndex = at;
  const atom = ATOM.exec(text)?.[0];
  if (atom !== undefined) return { kind: 'atom', text: atom, start: at, end: at + atom.length };
  return { kind: 'special', text: character, start: at, end: at + 1 };
}

/** Tokens without white space and comments; null when something is opened and not closed. */
function tokenize(text: string): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
      at += 1;
    } else if (character === '(') {
      at = commentEnd(text, at);
      if (at === -1) return null;
    } else {
      const token = tokenAt(text, at);
      if (token === null) return null;
      tokens.push(token);
      at = token.end;
    }
  }
  return tokens;
}

const isSpecial = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'special' && token.text === text;

/** word *("." word), joined; null when it is something else. */
function dotted(tokens: readonly Token[], kinds: readonly Token['kind'][]): string | null {
  if (tokens.length % 2 === 0) return null;
  let joined = '';
  for (const [n, token] of tokens.entries()) {
    if (n % 2 === 0 ? !kinds.includes(token.kind) : !isSpecial(token, '.')) return null;
    joined += token.text;
  }
  return joined;
}

function addrSpec(tokens: readonly Token[]): AddressParts | null {
  const sign = tokens.findLastIndex((token) => isSpecial(token, '@'));
  if (sign < 1) return null;
  const localpart = dotted(tokens.slice(0, sign), ['atom', 'quoted']);
  const behind = tokens.slice(sign + 1);
  const only = behind.length === 1 ? behind[0] : undefined;
  const domain = only?.kind === 'literal' ? only.text : dotted(behind, ['atom']);
  return localpart === null || domain === null ? null : { localpart, domain };
}

/** Addresses of one kind compare equal however their local part was quoted. */
export function addressText(parts: AddressParts): string {
  const { localpart, domain } = parts;
  const quoted = DOT_ATOM.test(localpart) ? localpart : `"${localpart.replace(/["\\]/g, '\\$&')}"`;
  return `${quoted}@${domain}`;
}

/** What stands between "<" and ">": a route before ":" is dropped (RFC 5322 §4.4). */
function routed(tokens: readonly Token[]): AddressParts | null {
  if (!isSpecial(tokens[0], '@')) return addrSpec(tokens);
  const colon = tokens.findIndex((token) => isSpecial(token, ':'));
  return colon === -1 ? null : addrSpec(tokens.slice(colon + 1));
}

function isPhrase(token: Token): boolean {
  return token.kind === 'atom' || token.kind === 'quoted' || isSpecial(token, '.');
}

/** [phrase] "<" [route] addr-spec ">" or addr-spec. */
function mailbox(tokens: readonly Token[]): AddressParts | null {
  const open = tokens.findIndex((token) => isSpecial(token, '<'));
  if (open === -1) return addrSpec(tokens);
  const last = tokens[tokens.length - 1];
  if (!isSpecial(last, '>') || !tokens.slice(0, open).every(isPhrase)) return null;
  return routed(tokens.slice(open + 1, -1));
}

/** Tokens of one list entry, cut at commas outside of "<…>"; a group's name and its ";" are boundaries as well. */
function entries(tokens: readonly Token[]): Token[][] {
  const list: Token[][] = [];
  let entry: Token[] = [];
  let angle = false;
  let group = false;
  let phrase = true;
  const start = (): void => {
    entry = [];
    phrase = true;
  };
  const close = (): void => {
    if (entry.length > 0) list.push(entry);
    start();
  };
  for (const token of tokens) {
    if (isSpecial(token, '<')) angle = true;
    if (isSpecial(token, '>')) angle = false;
    if (!angle && isSpecial(token, ',')) {
      close();
    } else if (!angle && !group && phrase && isSpecial(token, ':') && entry.length > 0) {
      group = true;
      start();
    } else if (!angle && group && isSpecial(token, ';')) {
      group = false;
      close();
    } else {
      entry.push(token);
      phrase &&= isPhrase(token);
    }
  }
  close();
  return list;
}

function known(parts: AddressParts): Mailbox {
  return { text: addressText(parts), parts };
}

const unfolded = (text: string): string => text.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, '');

/** Every address of a header field's body. */
export function parseAddressList(body: string): readonly Mailbox[] {
  const tokens = tokenize(body);
  if (tokens === null) {
    const text = unfolded(body);
    return text === '' ? [] : [{ text, parts: null }];
  }
  return entries(tokens).map((entry) => {
    const parts = mailbox(entry);
    if (parts !== null) return known(parts);
    const start = entry[0]?.start ?? 0;
    return { text: unfolded(body.slice(start, entry[entry.length - 1]?.end)), parts: null };
  });
}

/** A path of the envelope, with or without its brackets; the null path is the empty text. */
export function parsePath(path: string): Mailbox {
  const text = unfolded(path);
  const tokens = tokenize(text);
  const bare =
    tokens !== null && isSpecial(tokens[0], '<') && isSpecial(tokens[tokens.length - 1], '>')
      ? tokens.slice(1, -1)
      : tokens;
  if (bare === null) return { text, parts: null };
  if (bare.length === 0) return { text: '', parts: { localpart: '', domain: '' } };
  const parts = routed(bare);
  return parts === null ? { text, parts: null } : known(parts);
}

/** The one address of a text, as redirect wants it, or null. */
export function parseOneAddress(text: string): Mailbox | null {
  const list = parseAddressList(text);
  const only = list.length === 1 ? list[0] : undefined;
  return only?.parts ? only : null;
}

/** Where the detail starts: at the first of the separators (RFC 5233 §4); -1 when there is none. */
function separatorIn(localpart: string, separators: string): number {
  for (let at = 0; at < localpart.length; at += 1) {
    if (separators.includes(localpart.charAt(at))) return at;
  }
  return -1;
}

/** A part for comparison; null when the address has none, and then nothing matches. */
export function addressPart(address: Mailbox, part: AddressPart, separators: string): string | null {
  // The null path is the empty text whatever the part (RFC 5228 §5.4).
  if (part === 'all' || address.text === '') return address.text;
  if (address.parts === null) return null;
  const { localpart, domain } = address.parts;
  if (part === 'domain') return domain;
  if (part === 'localpart') return localpart;
  const at = separatorIn(localpart, separators);
  if (part === 'user') return at === -1 ? localpart : localpart.slice(0, at);
  return at === -1 ? null : localpart.slice(at + 1);
}
