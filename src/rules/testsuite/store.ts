// The world of a test: mailboxes with their messages and annotations, and the outbox of everything that was
// sent. All in memory and made anew for every run of a file, so that a run can be repeated. Mailbox names
// are compared as they are, except INBOX, which is the same in any letter case (RFC 3501 §5.1) and always
// there.

export interface StoredMessage {
  readonly octets: string;
  readonly flags: readonly string[];
}

export interface SentMessage {
  readonly octets: string;
  /** '' is the null sender. */
  readonly from: string;
  readonly to: string;
}

export interface Mailbox {
  readonly messages: StoredMessage[];
  /** IMAP annotations by lower-case entry name. */
  readonly metadata: Map<string, string>;
  /** "\\trash" … in lower case (RFC 8579). */
  readonly specialUse: Set<string>;
}

export interface MailStore {
  readonly mailboxes: Map<string, Mailbox>;
  /** Annotations of the server. */
  readonly metadata: Map<string, string>;
  readonly outbox: SentMessage[];
}

export function emptyStore(): MailStore {
  const store: MailStore = {
    mailboxes: new Map(),
    metadata: new Map(),
    outbox: [],
  };
  createMailbox(store, 'INBOX');
  return store;
}

export function findMailbox(store: MailStore, name: string): Mailbox | undefined {
  return store.mailboxes.get(canonical(name));
}

/** The mailbox of that name, made if need be. */
export function createMailbox(store: MailStore, name: string): Mailbox {
  const known = findMailbox(store, name);
  if (known !== undefined) return known;
  const mailbox: Mailbox = { messages: [], metadata: new Map(), specialUse: new Set() };
  store.mailboxes.set(canonical(name), mailbox);
  return mailbox;
}

/** False when there is no such mailbox, and for INBOX. */
export function deleteMailbox(store: MailStore, name: string): boolean {
  return canonical(name) !== 'INBOX' && store.mailboxes.delete(canonical(name));
}

function canonical(name: string): string {
  return /^inbox$/i.test(name) ? 'INBOX' : name;
}
