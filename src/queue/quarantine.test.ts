// A quarantine is a Maildir of its own below one directory, whatever it is called, and what is too old goes when something comes.

import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { toOctets } from '../text/index.ts';
import { KEPT_DAYS, quarantineQueue } from './quarantine.ts';

const DAY = 24 * 3600;
const NOW = Date.UTC(2026, 1, 3);

let directory = '';

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(() => removeDirectory(directory));

async function putAside(into: string): Promise<void> {
  const queue = quarantineQueue({
    directory: join(directory, 'q'),
    into,
    hostName: 'mx.example.com',
    now: NOW,
  });
  const handOff = await queue.open();
  await handOff?.write(toOctets('Subject: test\n\nhello\n'));
  expect(
    await handOff?.commit({ reversePath: 'a@b.example', recipients: ['c@d.example', 'e@f.example'] }),
  ).toEqual({
    kind: 'queued',
  });
}

it('keeps the message with its envelope', async () => {
  await putAside('suspects');
  const [name = ''] = readdirSync(join(directory, 'q/suspects/new'));
  expect(readFileSync(join(directory, 'q/suspects/new', name), 'latin1')).toBe(
    'Return-Path: <a@b.example>\nDelivered-To: c@d.example\nDelivered-To: e@f.example\nSubject: test\n\nhello\n',
  );
});

it.each([
  ['', 'default'],
  ['.', '_'],
  ['..', '__'],
  ['../outside', '___outside'],
  ['/etc/passwd', '_etc_passwd'],
  ['a\0b c', 'a_b_c'],
  ['virus-2', 'virus-2'],
])('calls %j %j', async (into, name) => {
  await putAside(into);
  expect(readdirSync(directory)).toEqual(['q']);
  expect(readdirSync(join(directory, 'q'))).toEqual([name]);
});

it('lets go of what is too old, read or not, in this place only', async () => {
  const ages = { fresh: KEPT_DAYS - 1, stale: KEPT_DAYS + 1 };
  for (const folder of ['suspects/new', 'suspects/cur', 'suspects/tmp', 'others/new']) {
    mkdirSync(join(directory, 'q', folder), { recursive: true });
    for (const [name, days] of Object.entries(ages)) {
      const file = join(directory, 'q', folder, name);
      writeFileSync(file, '');
      utimesSync(file, NOW / 1000 - days * DAY, NOW / 1000 - days * DAY);
    }
  }
  await putAside('suspects');
  for (const folder of ['new', 'cur', 'tmp']) {
    expect(existsSync(join(directory, 'q/suspects', folder, 'fresh'))).toBe(true);
    expect(existsSync(join(directory, 'q/suspects', folder, 'stale'))).toBe(false);
  }
  expect(existsSync(join(directory, 'q/others/new/stale'))).toBe(true);
  expect(readdirSync(join(directory, 'q/suspects/new')).length).toBe(2);
});
