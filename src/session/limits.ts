// Every bound of a session, named. A client over one gets a proper reply; memory per connection depends on these
// and on nothing the client sends.

export interface Limits {
  /** Octets of a command line, its end not counted. */
  readonly commandLine: number;
  /** Recipients of one message. */
  readonly recipients: number;
  /** Octets of all recipients of one message together. */
  readonly envelope: number;
  /** Refused commands in one session. */
  readonly errors: number;
  /** Commands that are neither MAIL, RCPT nor DATA since the last message was accepted. */
  readonly commandsWithoutMail: number;
  /** Hops from which a message counts as looping. */
  readonly hops: number;
  /** Seconds a whole session may last. */
  readonly session: number;
}

/** Replies kept back for a client that pipelines, in octets; more are sent before the next command is looked at. */
export const PENDING_REPLIES = 16 * 1024;

/** qmail-smtpd.c: MAXHOPS */
const MAX_HOPS = 100;

/** Octets of a line in an AUTH dialogue, and of the command that begins it (RFC 4954 §4). */
export const AUTH_LINE = 12_288;

/** Failed logins of a session; at the next one it is over. */
export const AUTH_FAILURES = 5;

/** Seconds before the reply to a failed login: one for each so far, but no more than this. */
export const LONGEST_AUTH_DELAY = 5;

/** Octets of a message's header that are kept for rules; what is beyond is not shown to them. */
export const HEADER_HELD = 256 * 1024;

/** An address in octets from which qmail-smtpd.c: addrparse() calls it a syntax error. */
export const QMAIL_ADDRESS = 900;

/**
 * Refusals of one session that get a log line of their own; the rest is counted in its last line. No more than that
 * are possible in the mvmtr profile, see OWN_LIMITS.errors.
 */
export const REFUSALS_LOGGED = 100;

/**
 * Stock has one bound, its memory (softlimit), and answers "421 out of memory" beyond it. Here it is two numbers that
 * no honest client comes near; nothing else is limited, as there.
 */
export const STOCK_LIMITS: Limits = {
  commandLine: 2 * 1024 * 1024,
  recipients: Number.POSITIVE_INFINITY,
  envelope: 32 * 1024 * 1024,
  errors: Number.POSITIVE_INFINITY,
  commandsWithoutMail: Number.POSITIVE_INFINITY,
  hops: MAX_HOPS,
  session: Number.POSITIVE_INFINITY,
};

export const OWN_LIMITS: Limits = {
  /** RFC 5321 §4.5.3.1.4 asks for 512 and more for each extension; paths of 900 octets have to fit. */
  commandLine: 4096,
  /** RFC 5321 §4.5.3.1.8 asks for 100; announced as LIMITS RCPTMAX (RFC 9422). */
  recipients: 1000,
  envelope: 1024 * 1024,
  errors: REFUSALS_LOGGED,
  commandsWithoutMail: 100,
  hops: MAX_HOPS,
  session: 6 * 3600,
};
