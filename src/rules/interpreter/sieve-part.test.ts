// Sieve's commands and the functions on headers are not there until a rule reaches one of them; the driver brings them then, and the
// engine for regular expressions to them. A file of its own, since the fixture of the other tests has them from the beginning.

import { expect, it } from 'vitest';
import { compile } from '../check/index.ts';
import { driveHook } from './driver.ts';
import { installedSieve } from './sieve-part.ts';

const drive = (text: string) => {
  const main = { name: 'a.mfl', text, dialect: 'mfl' } as const;
  const { program } = compile({ main, load: () => ({ problem: 'none' }) });
  if (program === null) throw new Error('does not compile');
  const input = {
    hook: 'message',
    arguments: [],
    properties: () => undefined,
    message: { fields: [{ name: 'Subject', body: ' buy 17 of them' }] },
    envelope: null,
    variables: { session: {}, transaction: {} },
    now: 0,
  } as const;
  return driveHook(program, input, async ({ key }) => ({ ok: false, reason: key }));
};

it('is brought when a rule comes to it, and not for a rule that is only written', async () => {
  const rule = (test: string): string =>
    `hook message { number n = 0; if (${test}) { if header :regex "subject" "[0-9]+" { reject "\${0}"; } } }`;
  expect(await drive(rule('n > 0'))).toMatchObject({ end: 'done', verdict: { verdict: 'undecided' } });
  expect(installedSieve()).toBeNull();
  const first = await drive(rule('n == 0'));
  expect(first).toMatchObject({ end: 'done', verdict: { verdict: 'reject', text: '17' } });
  expect(installedSieve()).not.toBeNull();
  expect(await drive(rule('n == 0'))).toEqual(first);
  expect(await drive('hook message { reject $(header_value("subject")); }')).toMatchObject({
    verdict: { text: 'buy 17 of them' },
  });
});
