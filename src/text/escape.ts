// Text that came from outside, made safe for a log line: one line of printable ASCII, in quotes if it has spaces, with no
// quote or backslash that could be mistaken for ours, and never longer than asked for.

/** Longest client text that one log field shows, in characters; the rest is cut and marked with "...". */
export const LOG_TEXT_CHARACTERS = 120;

/** An octet string for a log field, with control, 8-bit, quote and backslash octets as \xHH, and cut. */
export function forLog(octets: string, most = LOG_TEXT_CHARACTERS): string {
  let safe = octets
    .slice(0, most)
    .replace(
      /[^\x20\x21\x23-\x5b\x5d-\x7e]/g,
      (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  // What is escaped is longer; a cut through an escape takes all of it away.
  const cut = octets.length > most || safe.length > most;
  if (cut) safe = `${safe.slice(0, most).replace(/\\x?[0-9a-f]?$/, '')}...`;
  return safe.includes(' ') ? `"${safe}"` : safe;
}

/** An octet string for a reply line: whatever is not printable ASCII becomes "?". */
export function forReply(octets: string): string {
  return octets.replace(/[^\x20-\x7e]/g, '?');
}
