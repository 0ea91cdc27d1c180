// The engine for regular expressions is not there until a rule matches with one; the driver brings it then. A file of its own, since
// the fixture of the other tests has it from the beginning.

import { expect, it } from 'vitest';
import { compile } from '../check/index.ts';
import { driveHook } from './driver.ts';

it('is brought when a rule needs it, once, and nobody else is asked', async () => {
  const text =
    'hook connect { if (client.info =~ "^a+$") { reject "no"; } if (client.info !~ "b") { accept; } }';
  const main = { name: 'a.mfl', text, dialect: 'mfl' } as const;
  const { program } = compile({ main, load: () => ({ problem: 'none' }) });
  if (program === null) throw new Error('does not compile');
  const asked: string[] = [];
  const drive = (info: string) =>
    driveHook(
      program,
      {
        hook: 'connect',
        arguments: [],
        properties: (name) => (name === 'client.info' ? info : undefined),
        message: null,
        envelope: null,
        variables: { session: {}, transaction: {} },
        now: 0,
      },
      async ({ key }) => {
        asked.push(key);
        return { ok: false, reason: 'nobody knows' };
      },
    );
  const first = await drive('aaa');
  expect(first).toMatchObject({ end: 'done', verdict: { verdict: 'reject' } });
  expect(await drive('aaa')).toEqual(first);
  expect(await drive('ac')).toMatchObject({ verdict: { verdict: 'accept' } });
  expect(asked).toEqual([]);
});
