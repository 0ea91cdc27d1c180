// ASCII letter case, the only letter case SMTP and qmail know. Never locale-dependent: octets above 127
// are not letters, so `String.prototype.toLowerCase` (which folds U+00C0) must not be used on octet strings.

/** The same octets with A-Z as a-z. */
export function lowerAscii(octets: string): string {
  // Every command and every address comes through here: most are all ASCII, and many have nothing to change.
  let hasUpper = false;
  for (let at = 0; at < octets.length; at += 1) {
    const code = octets.charCodeAt(at);
    if (code > 0x7f) return octets.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    if (code >= 0x41 && code <= 0x5a) hasUpper = true;
  }
  return hasUpper ? octets.toLowerCase() : octets;
}

/** Whether two octet strings differ in ASCII letter case only (`case_diffs()` = 0 in qmail). */
export function equalsIgnoringCase(a: string, b: string): boolean {
  return a.length === b.length && (a === b || lowerAscii(a) === lowerAscii(b));
}
