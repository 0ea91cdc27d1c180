// PEM (RFC 7468): the blocks of a text, in its order, with whatever stands around them left out. Pure. Nothing fails
// here: a block without an end is a block all the same, and whoever reads what is in it will notice. Without regular
// expressions: a process that starts TLS once would spend more on compiling them than on all else here.

export interface PemBlock {
  /** "CERTIFICATE", "EC PRIVATE KEY". */
  readonly label: string;
  /** All of it, with its first and its last line, and LF for line ends. */
  readonly text: string;
  /** It takes a pass phrase to read it. */
  readonly encrypted: boolean;
}

const BEGIN = '-----BEGIN ';
const DASHES = '-----';

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
    const begun = line.startsWith(BEGIN) && line.endsWith(DASHES);
    if (begun) {
      finish();
      label = line.slice(BEGIN.length, -DASHES.length);
    }
    if (begun || lines.length > 0) lines.push(line);
    if (line === `-----END ${label}-----`) finish();
  }
  finish();
  return blocks;
}

function blockOf(label: string, lines: readonly string[]): PemBlock {
  // PKCS #8 has a label for it, and the older forms a header (RFC 1421 §4.6.1.1).
  const [, header = ''] = lines;
  const isSealed = header.startsWith('Proc-Type:') && header.includes('ENCRYPTED');
  const encrypted = label.startsWith('ENCRYPTED ') || isSealed;
  return { label, text: `${lines.join('\n')}\n`, encrypted };
}

/** What is in it. @param block without a header */
export const octetsIn = ({ text }: PemBlock): Buffer =>
  Buffer.from(text.slice(text.indexOf('\n'), text.lastIndexOf('-----END')), 'base64');

const CERTIFICATES: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

export const isRevocationList = ({ label }: PemBlock): boolean => label === 'X509 CRL';

export const isCertificate = ({ label }: PemBlock): boolean => CERTIFICATES.includes(label);

export const isPrivateKey = ({ label }: PemBlock): boolean => ` ${label}`.endsWith(' PRIVATE KEY');
