// PEM (RFC 7468): the blocks of a text, in its order, with whatever stands around them left out. Pure. Nothing fails
// here: a block without an end is a block all the same, and whoever reads what is in it will notice.

export interface PemBlock {
  /** "CERTIFICATE", "EC PRIVATE KEY". */
  readonly label: string;
  /** All of it, with its first and its last line, and LF for line ends. */
  readonly text: string;
  /** It takes a pass phrase to read it. */
  readonly encrypted: boolean;
}

const FIRST_LINE = /^-----BEGIN ([A-Z0-9 ]{1,40})-----$/;

export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let label = '';
  let lines: string[] = [];
  const finish = (): void => {
    if (lines.length > 0) blocks.push(blockOf(label, lines));
    lines = [];
  };
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    const begun = FIRST_LINE.exec(line)?.[1];
    if (begun !== undefined) {
      finish();
      label = begun;
    }
    if (begun !== undefined || lines.length > 0) lines.push(line);
    if (line === `-----END ${label}-----`) finish();
  }
  finish();
  return blocks;
}

function blockOf(label: string, lines: readonly string[]): PemBlock {
  // PKCS #8 has a label for it, and the older forms a header (RFC 1421 §4.6.1.1).
  const encrypted = label.startsWith('ENCRYPTED ') || /^Proc-Type:.*ENCRYPTED/.test(lines[1] ?? '');
  return { label, text: `${lines.join('\n')}\n`, encrypted };
}

export const isCertificate = ({ label }: PemBlock): boolean => /^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label);

export const isPrivateKey = ({ label }: PemBlock): boolean => /(?:^| )PRIVATE KEY$/.test(label);
