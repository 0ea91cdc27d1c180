// RFC 5322 §3.3 date-time in UTC, written as qmail's date822fmt() writes it. UTC with -0000: the local time zone
// is never asked for (it costs milliseconds at start-up, and says nothing a reader of trace fields needs).

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** Milliseconds since 1970 → "7 Nov 2026 04:05:06 -0000". */
export function rfc5322Date(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} -0000`;
}
