// The address in a MAIL or RCPT argument by qmail's rules (qmail-smtpd.c: addrparse()), which take nearly everything:
// the first "<" anywhere starts it, without one the text after the colon is it; one source route goes; quotes and
// backslashes go. It never refuses: length is the caller's to judge, after replacing a local address literal.

/** @returns the address as octet string, unquoted, perhaps empty */
export function qmailAddress(argument: string): string {
  const open = argument.indexOf('<');
  const terminator = open >= 0 ? '>' : ' ';
  let text = open >= 0 ? argument.slice(open + 1) : afterColon(argument);
  if (text.startsWith('@')) {
    const colon = text.indexOf(':');
    text = colon < 0 ? '' : text.slice(colon + 1);
  }
  return unquote(text, terminator);
}

function afterColon(argument: string): string {
  const colon = argument.indexOf(':');
  return colon < 0 ? '' : argument.slice(colon + 1).replace(/^ +/, '');
}

// Drops quotes and backslashes up to the first terminator outside of them.
function unquote(text: string, terminator: string): string {
  if (!/["\\]/.test(text)) {
    const end = text.indexOf(terminator);
    return end < 0 ? text : text.slice(0, end);
  }
  let address = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const octet = text[at] as string;
    if (octet === '\\') {
      at += 1;
      address += text[at] ?? '';
    } else if (octet === '"') {
      quoted = !quoted;
    } else if (octet === terminator && !quoted) {
      break;
    } else {
      address += octet;
    }
  }
  return address;
}
