// Notifications of both runtimes, received by a real socket: in the file system and abstract, in order, and what is told when
// nobody is there or nobody looks.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DatagramReceiver, receiveDatagrams } from '../../test/support/datagram-receiver.ts';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { needs, present } from '../../test/support/needs.ts';
import { run } from '../../test/support/tcp-server.ts';
import { findBun } from '../build/bun.mjs';
import { sendNotify } from './notify-node.ts';

type Send = (socketPath: string, messages: readonly string[]) => Promise<readonly (string | null)[]>;

const bun = findBun();
const ON_BUN = fileURLToPath(new URL('../../test/support/notify-on-bun.ts', import.meta.url));

const onNode: Send = async (socketPath, messages) => {
  const problems: (string | null)[] = [];
  for (const message of messages) problems.push(await sendNotify(socketPath, message));
  return problems;
};

const onBun: Send = async (socketPath, messages) => {
  const { exit, output } = await run([bun as string, ON_BUN, socketPath, ...messages]);
  expect(exit, output).toBe(0);
  return JSON.parse(output);
};

let directory = '';
let receiver: DatagramReceiver | null = null;

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(async () => {
  await receiver?.stop();
  receiver = null;
  removeDirectory(directory);
});

const contract = (send: Send): void => {
  it.each([
    ['a path', () => join(directory, 'notify')],
    ['the longest path', () => join(directory, 'x'.repeat(107 - directory.length - 1))],
    ['an abstract name', () => `@mvmtr-test-${process.pid}`],
  ])('sends to %s, in order', async (_, name) => {
    receiver = await receiveDatagrams(name());
    expect(await send(name(), ['STATUS=one; two "three"', 'RELOADING=1\nMONOTONIC_USEC=5'])).toEqual([
      null,
      null,
    ]);
    const received = [await receiver.next(), await receiver.next()];
    expect(received.map((text) => text.trimEnd())).toEqual([
      'STATUS=one; two "three"',
      'RELOADING=1\nMONOTONIC_USEC=5',
    ]);
  });

  it('tells what went wrong', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    for (const name of [
      join(directory, 'missing'),
      file,
      `@mvmtr-test-${process.pid}-nobody`,
      'x'.repeat(200),
    ]) {
      expect(await send(name, ['READY=1'])).toEqual([expect.stringContaining(name)]);
    }
  });
};

needs('perl', 'systemd-notify').describe('a notification, on Node', () => contract(onNode));

present(bun === null ? ['bun'] : []).describe('a notification, on Bun', () => {
  needs('perl').describe('with a receiver', () => {
    contract(onBun);

    it('waits where the queue is full', async () => {
      const name = join(directory, 'notify');
      receiver = await receiveDatagrams(name);
      const messages = Array.from({ length: 100 }, (_, index) => `STATUS=${index}`);
      expect(new Set(await onBun(name, messages))).toEqual(new Set([null]));
      for (const message of messages) expect(await receiver.next()).toBe(message);
    });
  });
});
