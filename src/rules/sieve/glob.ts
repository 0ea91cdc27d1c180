// The wildcards of :matches: "*" is any number of characters, "?" exactly one, "\" takes the next one literally
// (RFC 5228 §2.7.1). A pattern is cut at its stars; each piece is looked for at the earliest place behind the one before,
// the last one at the end, which gives every wildcard as little as possible, as RFC 5229 §3.2 wants for the captures.
// Work is at most pattern × text, and the meter hears of it as it is done, so that a budget can end it.

interface Piece {
  /** Literal runs; null stands for one "?". */
  readonly items: readonly (string | null)[];
}

export interface Glob {
  readonly pieces: readonly Piece[];
}

export interface Meter {
  /** Takes note of characters looked at; may leave the run by throwing. */
  spend(characters: number): void;
}

/** Start and end of what each wildcard stands for, in the order of the pattern; index 0 is the whole text. */
export type Spans = readonly (readonly [number, number])[];

type MutableSpans = (readonly [number, number])[];

/** A pattern cut into pieces; literal runs go through `fold`. A backslash at the very end stands for itself. */
export function compileGlob(pattern: string, fold: (literal: string) => string): Glob {
  const pieces: Piece[] = [];
  let items: (string | null)[] = [];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') items.push(fold(literal));
    literal = '';
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern.charAt(at);
    if (character === '*') {
      endLiteral();
      pieces.push({ items });
      items = [];
    } else if (character === '?') {
      endLiteral();
      items.push(null);
    } else if (character === '\\' && at + 1 < pattern.length) {
      at += 1;
      literal += pattern.charAt(at);
    } else {
      literal += character;
    }
  }
  endLiteral();
  pieces.push({ items });
  return { pieces };
}

const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLow = (code: number): boolean => (code & 0xfc00) === 0xdc00;

/** Where the character that starts at `at` ends; `at` itself at the end of the text. */
function after(text: string, at: number): number {
  if (at >= text.length) return at;
  return isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1)) ? at + 2 : at + 1;
}

function before(text: string, at: number): number {
  return at >= 2 && isLow(text.charCodeAt(at - 1)) && isHigh(text.charCodeAt(at - 2)) ? at - 2 : at - 1;
}

/** Where the piece ends when it stands at `at`, or -1. */
function pieceAt(piece: Piece, text: string, at: number, meter: Meter, marks: MutableSpans | null): number {
  let end = at;
  for (const item of piece.items) {
    meter.spend(1);
    const next = item === null ? after(text, end) : end + item.length;
    if (next === end || (item !== null && !text.startsWith(item, end))) return -1;
    if (item === null) marks?.push([end, next]);
    end = next;
  }
  return end;
}

/** The earliest place at or behind `from` where the piece stands, or -1. */
function findPiece(piece: Piece, text: string, from: number, meter: Meter): number {
  const first = piece.items[0];
  let at = from;
  while (at <= text.length) {
    if (typeof first === 'string') {
      const found = text.indexOf(first, at);
      meter.spend((found === -1 ? text.length : found) - at);
      if (found === -1) return -1;
      at = found;
    }
    if (piece.items.length === 0 || pieceAt(piece, text, at, meter, null) !== -1) return at;
    if (at === text.length) return -1;
    at = after(text, at);
  }
  return -1;
}

/** Where the piece starts when it ends with the text, or -1. */
function pieceAtEnd(piece: Piece, text: string, meter: Meter): number {
  let at = text.length;
  for (let n = piece.items.length - 1; n >= 0; n -= 1) {
    const item = piece.items[n] ?? null;
    meter.spend(1);
    const start = item === null ? before(text, at) : at - item.length;
    if (start < 0 || (item !== null && !text.startsWith(item, start))) return -1;
    at = start;
  }
  return at;
}

/** Whether the whole text matches, and if so what every wildcard stands for. */
export function runGlob(glob: Glob, text: string, meter: Meter): Spans | null {
  const spans: MutableSpans = [[0, text.length]];
  const { pieces } = glob;
  const head = pieces[0];
  const tail = pieces[pieces.length - 1];
  if (head === undefined || tail === undefined) return null;
  let at = pieceAt(head, text, 0, meter, spans);
  if (at === -1) return null;
  if (pieces.length === 1) return at === text.length ? spans : null;
  for (const piece of pieces.slice(1, -1)) {
    const found = findPiece(piece, text, at, meter);
    if (found === -1) return null;
    spans.push([at, found]);
    at = pieceAt(piece, text, found, meter, spans);
  }
  const start = pieceAtEnd(tail, text, meter);
  if (start < at) return null;
  spans.push([at, start]);
  pieceAt(tail, text, start, meter, spans);
  return spans;
}
