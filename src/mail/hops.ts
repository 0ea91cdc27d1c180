// Counts the hops a message has made (qmail-smtpd.c: blast()): header lines that start with "received" or "delivered" in
// any letter case, on the octets as they came from the client. The header ends at a line that is exactly CRLF.

const LF = 0x0a;
const CASE_BIT = 0x20;

export interface HopCounter {
  /** Looks at octets[from..to), which follow what it has been shown before. */
  scan(octets: Uint8Array, from: number, to: number): void;
  readonly hops: number;
}

const codes = (word: string): readonly number[] => Array.from(word, (letter) => letter.charCodeAt(0));
const RECEIVED = codes('received');
const DELIVERED = codes('delivered');
const BLANK = codes('\r\n');

export function hopCounter(): HopCounter {
  let inHeader = true;
  let hops = 0;
  let column = 0;
  let maybeReceived = true;
  let maybeDelivered = true;
  let maybeBlank = true;

  const look = (octet: number): void => {
    const letter = octet | CASE_BIT;
    if (letter !== DELIVERED[column]) maybeDelivered = false;
    else if (maybeDelivered && column === DELIVERED.length - 1) hops += 1;
    if (letter !== RECEIVED[column]) maybeReceived = false;
    else if (maybeReceived && column === RECEIVED.length - 1) hops += 1;
    if (octet !== BLANK[column]) maybeBlank = false;
    else if (maybeBlank && column === BLANK.length - 1) inHeader = false;
  };

  return {
    scan(octets, from, to) {
      for (let at = from; inHeader && at < to; at += 1) {
        const octet = octets[at] as number;
        if (column < DELIVERED.length) {
          look(octet);
        } else if (octet !== LF) {
          const lf = octets.indexOf(LF, at);
          if (lf < 0 || lf >= to) return;
          at = lf;
        }
        column += 1;
        if (octets[at] === LF) {
          column = 0;
          maybeReceived = true;
          maybeDelivered = true;
          maybeBlank = true;
        }
      }
    },
    get hops() {
      return hops;
    },
  };
}
