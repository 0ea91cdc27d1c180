// Numbers as qmail reads them: scan_ulong() takes the leading decimal digits and wraps like the C type.

/** Leading decimal digits of `text` as an unsigned 64-bit number (wrapping), and how many there were. */
export function scanUnsignedLong(text: string): { readonly value: bigint; readonly digits: number } {
  const digits = /^[0-9]*/.exec(text)?.[0].length ?? 0;
  const value = digits === 0 ? 0n : BigInt.asUintN(64, BigInt(text.slice(0, digits)));
  return { value, digits };
}
