// DNS replies made by hand, octet by octet (RFC 1035 §4.1), so that the tests do not believe what the code under
// test believes; wrong ones can be made as easily as right ones. Names are not compressed. Values are what a zone
// file would have, addresses of IPv6 with all of their digits.

export interface Record {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'MX' | 'TXT' | 'PTR' | 'CNAME' | 'NS' | 'SOA';
  readonly data: string | readonly string[];
}

export interface ReplyParts {
  readonly rcode?: number;
  readonly answers?: readonly Record[];
  readonly authorities?: readonly Record[];
  readonly aa?: boolean;
  readonly tc?: boolean;
  /** Other than the question that was asked. */
  readonly question?: Uint8Array;
  readonly questions?: number;
  readonly id?: number;
  /** More answers than there are. */
  readonly missing?: number;
}

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly edns: boolean;
  /** Name, type and class as they came. */
  readonly octets: Buffer;
  readonly whole: Buffer;
}

const TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;

export function readQuestion(whole: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = whole[at] as number; length > 0; length = whole[at] as number) {
    labels.push(whole.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const number = whole.readUInt16BE(at + 1);
  const type = Object.entries(TYPES).find(([, value]) => value === number)?.[0] ?? String(number);
  return {
    id: whole.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type,
    edns: whole.readUInt16BE(10) > 0,
    octets: whole.subarray(12, at + 5),
    whole,
  };
}

export function reply(question: Question, parts: ReplyParts): Buffer {
  const { answers = [], authorities = [], aa = true, tc = false, rcode = 0 } = parts;
  const header = Buffer.alloc(12);
  header.writeUInt16BE(parts.id ?? question.id, 0);
  header[2] = 0x80 | (aa ? 0x04 : 0) | (tc ? 0x02 : 0) | 0x01;
  header[3] = rcode;
  header.writeUInt16BE(parts.questions ?? 1, 4);
  header.writeUInt16BE(answers.length + (parts.missing ?? 0), 6);
  header.writeUInt16BE(authorities.length, 8);
  const asked = parts.questions === 0 ? [] : [parts.question ?? question.octets];
  return Buffer.concat([header, ...asked, ...[...answers, ...authorities].map(recordOctets)]);
}

export function nameOctets(name: string): Buffer {
  const labels = name === '.' ? [] : name.split('.').map((label) => Buffer.from(label, 'latin1'));
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), label]),
    Buffer.from([0]),
  ]);
}

/** A question's octets for another name. */
export function questionFor(name: string, type: keyof typeof TYPES): Buffer {
  return Buffer.concat([nameOctets(name), Buffer.from([0, TYPES[type], 0, 1])]);
}

function recordOctets({ name, type, data }: Record): Buffer {
  const value = dataOctets(type, data);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPES[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(300, 4);
  fixed.writeUInt16BE(value.length, 8);
  return Buffer.concat([nameOctets(name), fixed, value]);
}

function dataOctets(type: Record['type'], data: string | readonly string[]): Buffer {
  if (typeof data !== 'string') {
    return Buffer.concat(
      data.map((string) => Buffer.from(`${String.fromCharCode(string.length)}${string}`, 'latin1')),
    );
  }
  if (type === 'A') return Buffer.from(data.split('.').map(Number));
  if (type === 'AAAA') return Buffer.from(data.replaceAll(':', ''), 'hex');
  if (type === 'MX') {
    const [preference = '', exchange = ''] = data.split(' ');
    return Buffer.concat([Buffer.from([0, Number(preference)]), nameOctets(exchange)]);
  }
  if (type === 'SOA') return Buffer.concat([nameOctets(data), nameOctets(data), Buffer.alloc(20)]);
  return nameOctets(data);
}
