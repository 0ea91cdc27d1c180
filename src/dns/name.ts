// Domain names as text: which can be asked for, and which can be the name of a host. In lower case, and without
// the dot at the end. Names with other octets than printable ASCII exist in DNS (RFC 2181 §11), but nothing in
// mail has one, so they count as no names. Pure; what is no name is null.

const MOST_NAME_CHARACTERS = 253;
const MOST_LABEL_CHARACTERS = 63;

/** The name in the form that is asked for; null when there cannot be such a name (RFC 1035 §2.3.4). The root is null too. */
export function askableName(text: string): string | null {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name.length > MOST_NAME_CHARACTERS || !/^[!-~]+$/.test(name)) return null;
  const fits = name.split('.').every((label) => label !== '' && label.length <= MOST_LABEL_CHARACTERS);
  return fits ? name.toLowerCase() : null;
}

/** Letters, digits, hyphens, and the underscores that are seen in practice. */
export function isHostName(name: string): boolean {
  return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name);
}
