// Every reply of the session, qmail's words next to ours. The stock profile speaks the first column octet for octet;
// what only one profile can say stands here as well, so that this file, with security-replies.ts for STARTTLS and AUTH, is the
// whole of what a client may hear.

import type { Reply } from '../smtp/index.ts';

type Enhanced = NonNullable<Reply['enhanced']>;

export interface Wording {
  readonly stock: Reply;
  readonly mvmtr: Reply;
}

export const both = (code: number, enhanced: Enhanced, stock: string, mvmtr: string): Wording => ({
  stock: { code, enhanced, text: [stock] },
  mvmtr: { code, enhanced, text: [mvmtr] },
});

const one = (reply: Reply): Wording => ({ stock: reply, mvmtr: reply });

/** The same reply, after which the server hangs up. */
export const closing = ({ stock, mvmtr }: Wording): Wording => ({
  stock: { ...stock, close: true },
  mvmtr: { ...mvmtr, close: true },
});

export const REPLIES = {
  rset: both(250, '0.0', 'flushed', 'Flushed'),
  noop: both(250, '0.0', 'ok', 'Ok'),
  vrfy: both(
    252,
    '1.5',
    "send some mail, i'll try my best",
    "I don't tell; send some mail and I'll try my best",
  ),
  help: both(
    214,
    '0.0',
    'mvmtr in place of qmail-smtpd; its differences are in QMAIL-COMPATIBILITY.md',
    'HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT',
  ),
  mail: both(250, '1.0', 'ok', 'Sender ok'),
  rcpt: both(250, '1.5', 'ok', 'Recipient ok'),
  data: one({ code: 354, text: ['go ahead'] }),

  unimplemented: both(502, '5.1', 'unimplemented', 'Command not implemented'),
  wantTls: both(530, '7.0', 'STARTTLS first', 'Send STARTTLS first'),
  wantAuth: both(530, '7.0', 'AUTH first', 'Authentication required'),
  wantMail: both(503, '5.1', 'MAIL first', 'Send MAIL first'),
  wantRcpt: both(503, '5.1', 'RCPT first', 'Send RCPT first: there is no valid recipient'),
  secondMail: one({ code: 503, enhanced: '5.1', text: ['A transaction is open already; send RSET first'] }),
  turnedAway: one({ code: 503, enhanced: '5.1', text: ['You have been refused; only QUIT is left'] }),
  lineTooLong: {
    stock: { code: 421, enhanced: '3.0', text: ['out of memory'], close: true },
    mvmtr: { code: 500, enhanced: '5.2', text: ['Command line too long'] },
  },
  /** Stock's answer to an address of 900 octets or more. */
  addressTooLong: one({ code: 555, enhanced: '5.4', text: ['syntax error'] }),
  heloSyntax: one({
    code: 501,
    enhanced: '5.4',
    text: ['A host name or an address literal has to follow, as in EHLO mail.example.org'],
  }),
  mailSyntax: one({
    code: 501,
    enhanced: '1.7',
    text: ['Syntax error in the sender; write MAIL FROM:<user@example.org> without a space after the colon'],
  }),
  rcptSyntax: one({
    code: 501,
    enhanced: '1.3',
    text: ['Syntax error in the recipient; write RCPT TO:<user@example.org> without a space after the colon'],
  }),
  parameterSyntax: one({ code: 501, enhanced: '5.4', text: ['Syntax error in a parameter'] }),
  parameterUnknown: one({
    code: 555,
    enhanced: '5.4',
    text: ['Parameter not recognized or not implemented'],
  }),
  xclientSyntax: one({
    code: 501,
    enhanced: '5.4',
    text: ['Syntax error in XCLIENT; attributes as EHLO lists them have to follow, as in ADDR=192.0.2.1'],
  }),
  xclientLate: one({ code: 503, enhanced: '5.1', text: ['XCLIENT cannot come within a transaction'] }),
  noArgument: one({ code: 501, enhanced: '5.4', text: ['This command takes no argument'] }),
  tooManyRecipients: {
    stock: { code: 421, enhanced: '3.0', text: ['out of memory'], close: true },
    mvmtr: {
      code: 452,
      enhanced: '5.3',
      text: ['Too many recipients; send the message to the rest afterwards'],
    },
  },

  badmailfrom: both(
    553,
    '7.1',
    'sorry, your envelope sender is in my badmailfrom list',
    'Your envelope sender is not accepted here (badmailfrom)',
  ),
  rcpthosts: both(
    553,
    '7.1',
    "sorry, that domain isn't in my list of allowed rcpthosts",
    'I accept no mail for that domain from you (rcpthosts)',
  ),

  unconfigured: one({
    code: 451,
    enhanced: '3.5',
    text: ['This server has not been told which domains it accepts mail for; try again later'],
  }),

  databytes: both(
    552,
    '3.4',
    'sorry, that message size exceeds my databytes limit',
    'The message is larger than I accept (databytes)',
  ),
  hops: both(554, '4.6', 'too many hops, this message is looping', 'Too many hops, this message is looping'),
  bareLf: {
    stock: { code: 451, text: ['See https://cr.yp.to/docs/smtplf.html.'], close: true },
    mvmtr: {
      code: 550,
      enhanced: '6.11',
      text: ['Bare line feed in the message; lines have to end in CRLF (RFC 5321 section 2.3.8)'],
    },
  },
  queueUnavailable: both(451, '3.0', 'qqt failure', 'The queue cannot be started; please try again later'),

  timeout: closing({
    stock: { code: 451, enhanced: '4.2', text: ['timeout'] },
    mvmtr: { code: 421, enhanced: '4.2', text: ['Timeout, closing the connection'] },
  }),
  closing: closing(one({ code: 421, enhanced: '3.2', text: ['Going down, try again later'] })),
  sessionTooLong: closing(one({ code: 421, enhanced: '4.2', text: ['This session lasts too long'] })),
  tooManyErrors: closing(one({ code: 421, enhanced: '7.0', text: ['Too many errors'] })),
  tooManyCommands: closing(one({ code: 421, enhanced: '7.0', text: ['Too many commands without mail'] })),
  controls: closing(
    both(421, '3.0', 'unable to read controls', 'Unable to read my controls; try again later'),
  ),
  internal: closing(
    both(451, '3.0', 'internal trouble, try again later', 'Internal trouble; please try again later'),
  ),
} as const satisfies Record<string, Wording>;

export type ReplyName = keyof typeof REPLIES;
