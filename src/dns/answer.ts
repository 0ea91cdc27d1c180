// What comes of a question to DNS: tagged outcomes, so that "there is no such name", "there is nothing of this
// type" and "nobody could tell" are never mixed up. Records are in a fixed order, whatever order a server likes to
// give them in. Everything a server says is an octet string.

export interface MailExchanger {
  readonly preference: number;
  /** '' is the null MX (RFC 7505). */
  readonly exchange: string;
}

/** Record type → one record of it. */
export interface DnsRecords {
  readonly A: string;
  readonly AAAA: string;
  readonly MX: MailExchanger;
  /** The strings of one record, apart. */
  readonly TXT: readonly string[];
  readonly PTR: string;
}

export type DnsType = keyof DnsRecords;

/** The failures: nothing is known about the name. `reason` is for the log. */
export interface DnsFailure {
  readonly outcome:
    | 'servfail'
    /** The server answered that it will not answer. */
    | 'refused'
    | 'timeout'
    /** The answer cannot be read, or its aliases never end. */
    | 'malformed'
    /** No server could be reached. */
    | 'unreachable'
    | 'cancelled';
  readonly reason: string;
}

/** Certain: the name or the records are not there. 'not-a-name': no such name is possible, so nobody was asked. */
export interface DnsAbsence {
  readonly outcome: 'nodata' | 'nxdomain' | 'not-a-name';
}

export type DnsAnswer<Type extends DnsType> =
  | { readonly outcome: 'records'; readonly records: readonly DnsRecords[Type][] }
  | DnsAbsence
  | DnsFailure;

export interface Resolver {
  /** Never rejects. The name is absolute, with or without the dot at its end. */
  resolve<Type extends DnsType>(name: string, type: Type): Promise<DnsAnswer<Type>>;
  /** Ends what is under way, and whatever is asked later, with 'cancelled'. */
  cancel(): void;
}

/** The reason when it failed; null when something is certain. */
export function failureOf(answer: DnsAnswer<DnsType>): string | null {
  return 'reason' in answer ? `DNS: ${answer.reason}` : null;
}

/** The records; none when there are none, for whatever cause. */
export function recordsOf<Type extends DnsType>(answer: DnsAnswer<Type>): readonly DnsRecords[Type][] {
  return answer.outcome === 'records' ? answer.records : [];
}
