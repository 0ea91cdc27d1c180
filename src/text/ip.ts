// IPv4 addresses in brackets, as qmail's ip_scanbracket() reads them in a recipient's host.

/**
 * "[10.0.0.1]" → "10.0.0.1"; null when it is anything else. Follows ip.c: each part is a decimal number taken
 * modulo 256, so "[127.0.0.257]" is 127.0.0.1, and nothing may follow the bracket.
 */
export function scanBracketedIPv4(host: string): string | null {
  const parts = /^\[([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)\]$/.exec(host);
  return parts ? parts.slice(1).map(lowOctet).join('.') : null;
}

// n modulo 256 without losing precision, however many digits there are (1000 is 232 modulo 256, and 10^8 is 0).
function lowOctet(digits: string): number {
  return Number(digits.slice(-8)) % 256;
}
