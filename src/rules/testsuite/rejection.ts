// The report a rejected message's sender gets in a test: a disposition notification with the script's
// reason (RFC 5429 §2.2.1, RFC 8098 §3). Sent with the null sender, so that nothing is answered twice.
// Octet strings.

import { firstField } from './message.ts';
import type { SentMessage } from './store.ts';
import type { Suite } from './suite.ts';

const POSTMASTER = 'postmaster@example.com';
const BOUNDARY = 'report-boundary';

export function rejection({ message, envelope }: Suite, reason: string): SentMessage {
  const { fields } = message.view;
  const subject = firstField(fields, 'Subject') ?? '';
  const id = firstField(fields, 'Message-ID');
  const lines = [
    `From: Mail Delivery Subsystem <${POSTMASTER}>`,
    `To: <${envelope.from}>`,
    `Subject: Rejected: ${subject}`,
    'Auto-Submitted: auto-replied (rejected)',
    'Precedence: bulk',
    ...(id === null ? [] : [`In-Reply-To: ${id}`]),
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=disposition-notification; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `Your message to <${envelope.to}> was rejected:`,
    '',
    reason,
    '',
    `--${BOUNDARY}`,
    'Content-Type: message/disposition-notification',
    '',
    `Original-Recipient: rfc822; ${envelope.originalTo}`,
    `Final-Recipient: rfc822; ${envelope.to}`,
    ...(id === null ? [] : [`Original-Message-ID: ${id}`]),
    'Disposition: automatic-action/MDN-sent-automatically; deleted',
    '',
    `--${BOUNDARY}`,
    'Content-Type: message/rfc822',
    '',
    ...fields.map(({ name, body }) => `${name}:${body}`),
    '',
    `--${BOUNDARY}--`,
    '',
  ];
  return { octets: lines.join('\r\n'), from: '', to: envelope.from };
}
