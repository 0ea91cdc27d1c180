// Strings with `${…}` taken apart: variables and properties by name, captures by number. A reference that is not well formed
// stands for itself (RFC 5229 §3). Pure, and done once for each string of a program.

/** Literal text, a name in lower case, or the number of a capture. */
export type Piece =
  | { readonly piece: 'text'; readonly text: string }
  | { readonly piece: 'name'; readonly name: string }
  | { readonly piece: 'capture'; readonly number: number };

const REFERENCE = /\$\{(?:([a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)|([0-9]+))\}/gi;

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(REFERENCE)) {
    const [reference, name, digits] = found;
    if (found.index > end) pieces.push({ piece: 'text', text: text.slice(end, found.index) });
    if (name === undefined) pieces.push({ piece: 'capture', number: Number(digits) });
    else pieces.push({ piece: 'name', name: name.toLowerCase() });
    end = found.index + reference.length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ piece: 'text', text: text.slice(end) });
  return pieces;
}
