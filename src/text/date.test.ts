// RFC 5322 §3.3 date-time in UTC, at the edges of minutes, days, months and years, against the calendar of the runtime.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rfc5322Date } from './date.ts';

it.each([
  [0, '1 Jan 1970 00:00:00 -0000'],
  [Date.UTC(2026, 10, 7, 4, 5, 6), '7 Nov 2026 04:05:06 -0000'],
  [Date.UTC(2026, 10, 7, 4, 5, 6, 999), '7 Nov 2026 04:05:06 -0000'],
  [Date.UTC(2024, 1, 29, 23, 59, 59), '29 Feb 2024 23:59:59 -0000'],
  [Date.UTC(2000, 1, 29), '29 Feb 2000 00:00:00 -0000'],
  [Date.UTC(1999, 11, 31, 23, 59, 59, 999), '31 Dec 1999 23:59:59 -0000'],
  [Date.UTC(2038, 0, 19, 3, 14, 8), '19 Jan 2038 03:14:08 -0000'],
])('date822fmt() of %d is %s', (milliseconds, text) => expect(rfc5322Date(milliseconds)).toBe(text));

it('names a moment that reads back as the same second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 }), (seconds) => {
      const text = rfc5322Date(seconds * 1000);
      expect(text).toMatch(/^[1-9][0-9]? [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} -0000$/);
      expect(Date.parse(text)).toBe(seconds * 1000);
    }),
  );
});
