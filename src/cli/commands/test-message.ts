// A message as a client sends it behind DATA (RFC 5321 §4.5.2).

/**
 * CRLF line ends, dot-stuffed, with the line that ends it.
 * @param message octet string; its line ends are LF or CRLF
 */
export function onTheWire(message: string): string {
  const lines = message.replace(/\r?\n/g, '\r\n').replace(/(^|\r\n)\./g, '$1..');
  return `${lines}${lines.endsWith('\r\n') || lines === '' ? '' : '\r\n'}.\r\n`;
}
