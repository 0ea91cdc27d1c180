// A short name for a text, to see that a compiled program still belongs to its sources. It tells apart what people edit, not what
// an attacker makes: who can write the compiled file can write the rules. Two independent 32-bit sums (FNV-1a, and one
// multiplied from the other end) and the length; the same in every version that reads the same program files.

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

/** "length-16 hex digits" of an octet string. */
export function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c ^ text.length;
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    a = Math.imul(a ^ octet, 0x01000193);
    b = Math.imul(b + octet + 1, 0x5bd1e995);
    b ^= b >>> 15;
  }
  return `${text.length}-${hex(a)}${hex(b)}`;
}
