// mailto URIs: recipients from the path and the fields,
// what is decoded, and the fields a notification must not
// set.

import { expect, it } from 'vitest';
import { parseMailto } from './mailto.ts';

const none = { recipients: [], subject: null, body: null, headers: [] };
const to = (address: string, field = 'to') => ({ address, field });

it.each([
  ['mailto:a@example.org', { ...none, recipients: [to('a@example.org')] }],
  [
    'MAILTO:a@example.org,b%40example.org',
    { ...none, recipients: [to('a@example.org'), to('b@example.org')] },
  ],
  [
    'mailto:?to=a@example.org&cc=b@example.org&bcc=c@example.org',
    {
      ...none,
      recipients: [to('a@example.org'), to('b@example.org', 'cc'), to('c@example.org', 'bcc')],
    },
  ],
  ['mailto:a@example.org?to=a@example.org', { ...none, recipients: [to('a@example.org')] }],
  [
    'mailto:a@example.org?subject=New%20mail&body=one%0D%0Atwo&x-priority=1',
    {
      recipients: [to('a@example.org')],
      subject: 'New mail',
      body: 'one\r\ntwo',
      headers: [['x-priority', '1']],
    },
  ],
  ['mailto:a@example.org?from=x@example.org&received=y', { ...none, recipients: [to('a@example.org')] }],
  [
    'mailto:a@example.org?subject=one%0D%0AX-Injected:%20two',
    { ...none, recipients: [to('a@example.org')], subject: 'one X-Injected: two' },
  ],
])('%s', (uri, expected) => expect(parseMailto(uri)).toEqual(expected));

it.each(['', 'mailto:', 'xmpp:a@example.org', 'a@example.org'])('%j is none', (uri) => {
  expect(parseMailto(uri)).toBeNull();
});
