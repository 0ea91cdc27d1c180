// The port to whoever knows passwords, or something made from them. What it cannot find out now it says as
// `unavailable`, with words for the log; a promise that rejects counts as that, too, and never as "yes". Names and
// passwords are octet strings as the client sent them: nobody has prepared them (SASLprep, RFC 4013).

/** `unavailable`: nobody can tell now; the words are for the log and hold no password. */
export type Checked = 'yes' | 'no' | Unavailable;

export interface Unavailable {
  readonly unavailable: string;
}

/** What a server keeps of a password for SCRAM (RFC 5802 §3), made with SHA-256. Octet strings, not base64. */
export interface ScramVerifier {
  readonly iterations: number;
  readonly salt: string;
  /** H(ClientKey) */
  readonly storedKey: string;
  readonly serverKey: string;
}

export interface CredentialVerifier {
  plain(user: string, password: string): Promise<Checked>;
  /**
   * Whether `digest` (32 hexadecimal digits in lower case) is HMAC-MD5 of `challenge` with the user's password as the key.
   * Absent: there is no CRAM-MD5 here.
   */
  cramMd5?(user: string, challenge: string, digest: string): Promise<Checked>;
  /** null: no such user, or one that has no such keys. Absent: there is no SCRAM here. */
  scram?(user: string): Promise<ScramVerifier | null | Unavailable>;
}
