// Domain names and address literals of RFC 5321 §4.1.2 and §4.1.3.

/** Longest domain name in octets (RFC 5321 §4.5.3.1.2). */
export const DOMAIN_OCTETS = 255;
/** Longest label in octets (RFC 1035 §2.3.4). */
export const LABEL_OCTETS = 63;

const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const HELO_LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/;

export function isDomain(text: string): boolean {
  return hasLabels(text, LABEL);
}

/**
 * What may follow HELO and EHLO. Bends RFC 5321 §4.1.1.1 in one point: "_" passes in a name, because hosts that
 * introduce themselves by such a name send good mail, and the name proves nothing anyway.
 */
export function isHeloName(text: string): boolean {
  return isAddressLiteral(text) || hasLabels(text, HELO_LABEL);
}

/** "[192.0.2.1]" or "[IPv6:2001:db8::1]". */
export function isAddressLiteral(text: string): boolean {
  if (!text.startsWith('[') || !text.endsWith(']')) return false;
  const inner = text.slice(1, -1);
  return /^IPv6:/i.test(inner) ? isIPv6(inner.slice(5)) : isIPv4(inner);
}

function hasLabels(text: string, label: RegExp): boolean {
  if (text.length > DOMAIN_OCTETS) return false;
  return text.split('.').every((part) => part.length <= LABEL_OCTETS && label.test(part));
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255);
}

function isIPv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':');
    for (const [at, part] of parts.entries()) {
      const last = index === halves.length - 1 && at === parts.length - 1;
      if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups += 1;
      else if (last && isIPv4(part)) groups += 2;
      else return false;
    }
  }
  // "::" stands for two groups of zeros at least (RFC 5321 §4.1.3).
  return halves.length === 2 ? groups <= 6 : groups === 8;
}
