// Dates of header fields (RFC 5322 §3.3 and §4.3) and the parts of a date that RFC 5260 §4.3 names. Times are milliseconds since
// 1970, zones minutes east of Greenwich; the zone is always given, the clock of the machine and its zone are never asked.
// A date that does not exist, such as 31 February, is no date.

export interface DateTime {
  readonly time: number;
  /** Minutes east; of the date as written. */
  readonly zone: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** RFC 5322 §4.3; military letters and unknown names mean "-0000". */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
};

const DATE_TIME =
  /^(?:[a-z]{3} ?, ?)?(\d{1,2}) ([a-z]{3}) (\d{2,9}) (\d{2}) ?: ?(\d{2})(?: ?: ?(\d{2}))?(?: ([+-]\d{4}|[a-z]{1,5}))?$/;

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The Modified Julian Day of 1 January 1970. */
const MJD_1970 = 40_587;

/** Comments out, white space as single spaces, lower case. */
function plain(text: string): string {
  let depth = 0;
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && depth > 0) at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) out += character;
    if (character === '(' && depth === 1) out += ' ';
  }
  return out
    .replace(/[ \t\r\n]+/g, ' ')
    .trim()
    .toLowerCase();
}

/** "+0130" → 90; null when it is none. */
export function zoneMinutes(zone: string): number | null {
  const offset = /^([+-])(\d\d)([0-5]\d)$/.exec(zone);
  if (offset === null) return null;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return offset[1] === '-' ? -minutes || 0 : minutes;
}

/** Two digits below 50 are this century, other short years count from 1900 (RFC 5322 §4.3). */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? year + 2000 : year + 1900;
  return digits.length === 3 ? year + 1900 : year;
}

/** A date-time of a header field, or null. Of a Received field only what stands behind its last ";" counts. */
export function parseDate(text: string): DateTime | null {
  const found = DATE_TIME.exec(plain(text.slice(text.lastIndexOf(';') + 1)));
  if (found === null) return null;
  const [, days = '', monthName = '', years = '', hours, minutes, seconds = '0', zoneName = ''] = found;
  const month = MONTHS.indexOf(monthName);
  const [year, day, hour, minute, second] = [
    fullYear(years),
    Number(days),
    Number(hours),
    Number(minutes),
    Number(seconds),
  ];
  if (month === -1 || year > 275_000 || hour > 23 || minute > 59 || second > 60) return null;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month, day);
  if (midnight.getUTCMonth() !== month || day < 1) return null;
  const zone = zoneMinutes(zoneName) ?? (Object.hasOwn(ZONES, zoneName) ? (ZONES[zoneName] ?? 0) : 0);
  const time = midnight.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000;
  return { time, zone };
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

function offsetText(zone: number, between: string): string {
  const minutes = Math.abs(zone);
  return `${zone < 0 ? '-' : '+'}${digits(Math.floor(minutes / 60), 2)}${between}${digits(minutes % 60, 2)}`;
}

/** A date part in a zone (RFC 5260 §4.3); null when there is no part of that name. */
export function datePart(name: string, time: number, zone: number): string | null {
  const local = new Date(time + zone * MINUTE);
  const year = digits(local.getUTCFullYear(), 4);
  const month = digits(local.getUTCMonth() + 1, 2);
  const day = digits(local.getUTCDate(), 2);
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map((n) => digits(n, 2));
  switch (name) {
    case 'year':
      return year;
    case 'month':
      return month;
    case 'day':
      return day;
    case 'date':
      return `${year}-${month}-${day}`;
    case 'julian':
      return String(Math.floor(local.getTime() / DAY) + MJD_1970);
    case 'hour':
      return clock[0] ?? null;
    case 'minute':
      return clock[1] ?? null;
    case 'second':
      return clock[2] ?? null;
    case 'time':
      return clock.join(':');
    case 'iso8601':
      return `${year}-${month}-${day}T${clock.join(':')}${zone === 0 ? 'Z' : offsetText(zone, ':')}`;
    case 'std11': {
      const weekday = DAY_NAMES[local.getUTCDay()];
      return `${weekday}, ${day} ${MONTH_NAMES[local.getUTCMonth()]} ${year} ${clock.join(':')} ${offsetText(zone, '')}`;
    }
    case 'zone':
      return offsetText(zone, '');
    case 'weekday':
      return String(local.getUTCDay());
    default:
      return null;
  }
}
