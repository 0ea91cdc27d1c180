// A line of control/smtpusers as `mvmtr passwd` writes it, made here by hand from the formats' descriptions, and cheap to check.

import { createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';

/** Octet strings. The salts are the same each time, so that a test can be repeated. */
export function userLine(name: string, password: string): string {
  return `${name}:${scrypt(password)}:${scram(password)}\n`;
}

const unpadded = (octets: Buffer): string => octets.toString('base64').replace(/=+$/, '');

function scrypt(password: string): string {
  const salt = Buffer.from('salt of scrypt..');
  const hash = scryptSync(Buffer.from(password, 'latin1'), salt, 32, { N: 2 ** 10, r: 8, p: 1 });
  return `$scrypt$ln=10,r=8,p=1$${unpadded(salt)}$${unpadded(hash)}`;
}

// RFC 5802 §3.
function scram(password: string): string {
  const salt = Buffer.from('salt of scram...');
  const salted = pbkdf2Sync(Buffer.from(password, 'latin1'), salt, 4096, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest();
  const words = [salt, stored, keyed('Server Key')].map((octets) => octets.toString('base64'));
  return `{SCRAM-SHA-256}4096,${words.join(',')}`;
}
