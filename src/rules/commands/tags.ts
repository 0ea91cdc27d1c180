// The tags that several commands and tests share: match types, comparators, address parts, index and MIME options, and the
// ones extensions add to the actions that store a message. Follows RFC 5228 §2.7, RFC 5231, RFC 5233, RFC 5260 §6, RFC 5703 §4
// and the extensions named beside each tag.

import type { TagSignature } from './signature.ts';

type Tags = Readonly<Record<string, TagSignature>>;

export const MATCHING: Tags = {
  is: { value: null, group: 'match type' },
  contains: { value: null, group: 'match type' },
  matches: { value: null, group: 'match type' },
  value: { value: 'string', group: 'match type', needs: 'relational', literal: 'relation' },
  count: { value: 'string', group: 'match type', needs: 'relational', literal: 'relation' },
  regex: { value: null, group: 'match type', needs: 'regex' },
  list: { value: null, group: 'match type', needs: 'extlists' },
  comparator: { value: 'string', literal: 'comparator' },
};

export const ADDRESS_PART: Tags = {
  all: { value: null, group: 'address part' },
  localpart: { value: null, group: 'address part' },
  domain: { value: null, group: 'address part' },
  user: { value: null, group: 'address part', needs: 'subaddress' },
  detail: { value: null, group: 'address part', needs: 'subaddress' },
};

export const INDEX: Tags = {
  index: { value: 'number', needs: 'index' },
  last: { value: null, needs: 'index', with: 'index' },
};

export const MIME: Tags = {
  mime: { value: null, needs: 'mime' },
  anychild: { value: null, needs: 'mime', with: 'mime' },
};

export const MIME_HEADER: Tags = {
  ...MIME,
  type: { value: null, needs: 'mime', with: 'mime', group: 'MIME option' },
  subtype: { value: null, needs: 'mime', with: 'mime', group: 'MIME option' },
  contenttype: { value: null, needs: 'mime', with: 'mime', group: 'MIME option' },
  param: { value: 'list', needs: 'mime', with: 'mime', group: 'MIME option' },
};

export const COPY: Tags = { copy: { value: null, needs: 'copy' } };

export const FLAGS: Tags = { flags: { value: 'list', needs: 'imap4flags', literal: 'flags' } };

/** Where a message is stored, and what to do when the mailbox is not there (RFC 5490, RFC 8579, RFC 9042). */
export const STORE: Tags = {
  create: { value: null, needs: 'mailbox' },
  specialuse: { value: 'string', needs: 'special-use' },
  mailboxid: { value: 'string', needs: 'mailboxid' },
};

/** RFC 8580: a copy of what is sent, with the tags of a store behind it. */
export const FCC: Tags = {
  fcc: { value: 'string', needs: 'fcc', literal: 'mailbox' },
  create: { value: null, needs: 'mailbox', with: 'fcc' },
  flags: { value: 'list', needs: 'imap4flags', with: 'fcc', literal: 'flags' },
  specialuse: { value: 'string', needs: 'special-use', with: 'fcc' },
  mailboxid: { value: 'string', needs: 'mailboxid', with: 'fcc' },
};

/** RFC 5229 §4.1 and those of RFC 5435 §7 and the regex draft: one of each precedence. */
export const MODIFIERS: Tags = {
  lower: { value: null, group: 'case modifier' },
  upper: { value: null, group: 'case modifier' },
  lowerfirst: { value: null, group: 'first-letter modifier' },
  upperfirst: { value: null, group: 'first-letter modifier' },
  quotewildcard: { value: null, group: 'quoting modifier' },
  quoteregex: { value: null, group: 'quoting modifier', needs: 'regex' },
  encodeurl: { value: null, needs: 'enotify' },
  length: { value: null },
};

/** A reply of the rule's own. */
export const REPLY: Tags = {
  code: { value: 'number', literal: 'reply-code', mfl: true },
  status: { value: 'string', literal: 'status-code', mfl: true },
};

/** For the log only, and for trying a rule out. */
export const PRIVATE: Tags = {
  dryrun: { value: null, mfl: true },
  log: { value: 'string', mfl: true },
};
