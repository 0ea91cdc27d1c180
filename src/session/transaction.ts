// A mail transaction (RFC 5321 §3.3): from an accepted MAIL to DATA, RSET, HELO or the end of the session.

export interface Transaction {
  reversePath: string;
  recipients: string[];
  /** Octets of all recipients together, bounded by Limits.envelope. */
  recipientOctets: number;
  /** SIZE= and BODY= of MAIL; 0 and '' without. */
  readonly size: number;
  readonly body: string;
  /** AUTH= of MAIL (RFC 4954 §5): who has handed in the message first; '' without, or where nobody knows. */
  readonly auth: string;
  /** RCPT commands, and those refused. */
  tried: number;
  refused: number;
  /** Recipients that were accepted only to be forgotten. */
  discarded: number;
  /** Another address for the recipient being asked for. */
  replacement: string | null;
  /** Nothing more can be done in it: it ends when its last command has been answered, and the answer told to log and policy. */
  closing: boolean;
}

export function begin(reversePath: string, { size = 0, body = '', auth = '' } = {}): Transaction {
  return {
    reversePath,
    recipients: [],
    recipientOctets: 0,
    size,
    body,
    auth,
    tried: 0,
    refused: 0,
    discarded: 0,
    replacement: null,
    closing: false,
  };
}
