import { describe, expect, test } from 'vitest';
import { datePart, parseDate, zoneMinutes } from './dates.ts';
import { faultOf, holds } from './script.fixture.ts';

describe('RFC 5322 dates', () => {
  test.each([
    ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06.000Z', -360],
    ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06.000Z', 0],
    ['Tue, 1 Jul 03 10:52:37 EDT', '2003-07-01T14:52:37.000Z', -240],
    [
      'Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)',
      '1969-02-14T03:02:00.000Z',
      -210,
    ],
    ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06.000Z', -360],
    ['from a by b; Mon, 1 Jan 2001 09:00:00 +0130', '2001-01-01T07:30:00.000Z', 90],
    ['1 Jan 101 00:00:00 +0000', '2001-01-01T00:00:00.000Z', 0],
    ['29 Feb 2024 00:00 +0000', '2024-02-29T00:00:00.000Z', 0],
  ])('%j', (text, time, zone) => {
    const date = parseDate(text);
    expect(date && new Date(date.time).toISOString()).toBe(time);
    expect(date?.zone).toBe(zone);
  });

  test.each([
    '',
    'yesterday',
    '31 Feb 2024 00:00 +0000',
    '1 Foo 2024 00:00 +0000',
    '1 Jan 2024 24:00 +0000',
    '0 Jan 2024 00:00 +0000',
  ])('%j is none', (text) => expect(parseDate(text)).toBeNull());
});

test.each([
  ['year', '1997'],
  ['month', '11'],
  ['day', '21'],
  ['date', '1997-11-21'],
  ['julian', '50773'],
  ['hour', '09'],
  ['minute', '55'],
  ['second', '06'],
  ['time', '09:55:06'],
  ['iso8601', '1997-11-21T09:55:06-06:00'],
  ['std11', 'Fri, 21 Nov 1997 09:55:06 -0600'],
  ['zone', '-0600'],
  ['weekday', '5'],
  ['fortnight', null],
])('date part %s (RFC 5260 §4.3)', (name, expected) => {
  expect(datePart(name, Date.UTC(1997, 10, 21, 15, 55, 6), -360)).toBe(expected);
});

test.each([
  ['+0100', 60],
  ['-0330', -210],
  ['+0000', 0],
  ['0100', null],
  ['+01:00', null],
  ['+0160', null],
])('zone %s', (zone, minutes) => expect(zoneMinutes(zone)).toBe(minutes));

const MESSAGE =
  'Received: from a by b; Wed, 31 Dec 2008 23:30:00 -0100\nDate: Thu, 1 Jan 2009 01:30:00 +0100\n\n';

describe('date and currentdate (RFC 5260 §4, §5)', () => {
  test.each([
    ['date :originalzone "date" "hour" "01"', true],
    ['date :zone "+0500" "date" "hour" "05"', true],
    ['date "date" "hour" "00"', true],
    ['date :originalzone "received" "year" "2008"', true],
    ['date "received" "year" "2009"', true],
    ['date :index 1 "received" "weekday" "4"', true],
    ['date :value "ge" "date" "date" "2009-01-01"', true],
    ['date :contains "x-none" "year" ""', false],
    ['currentdate "iso8601" "2026-01-02T03:04:05Z"', true],
    ['currentdate :zone "-0800" "date" "2026-01-01"', true],
    ['currentdate :matches "std11" "Fri, 02 Jan 2026 *"', true],
  ])('%s', async (sieve, expected) => expect(await holds(sieve, { message: MESSAGE })).toBe(expected));

  test('the default zone is the administrator’s', async () => {
    const properties = { 'control.timezone': '+0200' };
    expect(await holds('date "date" "zone" "+0200"', { message: MESSAGE, properties })).toBe(true);
  });

  test('a zone that is none fails the script', async () => {
    expect(await faultOf('if currentdate :zone "CET" "hour" "1" { stop; }')).toBe('MFL-SIEVE-ZONE');
  });
});
