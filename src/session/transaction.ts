// A mail transaction (RFC 5321 §3.3): from an accepted MAIL to DATA, RSET, HELO or the end of the session.

export interface Transaction {
  readonly reversePath: string;
  readonly recipients: string[];
  /** Octets of all recipients together, bounded by Limits.envelope. */
  recipientOctets: number;
}

export function begin(reversePath: string): Transaction {
  return { reversePath, recipients: [], recipientOctets: 0 };
}
