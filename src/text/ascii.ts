// ASCII letter case, the only letter case SMTP and qmail know. Never locale-dependent: octets above 127
// are not letters, so `String.prototype.toLowerCase` (which folds U+00C0) must not be used on octet strings.

const UPPER = /[A-Z]/;

/** The same octets with A-Z as a-z. */
export function lowerAscii(octets: string): string {
  return UPPER.test(octets) ? octets.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : octets;
}

/** Whether two octet strings differ in ASCII letter case only (`case_diffs()` = 0 in qmail). */
export function equalsIgnoringCase(a: string, b: string): boolean {
  return a.length === b.length && (a === b || lowerAscii(a) === lowerAscii(b));
}
