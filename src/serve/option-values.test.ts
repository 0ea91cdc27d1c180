// The same value means the same to a session and to a listener.

import { describe, expect, it } from 'vitest';
import { sessionOptions } from '../cli/options.ts';
import { serveOptions } from './listener/serve-options.ts';
import { octetsIn, queueIn } from './option-values.ts';

it.each([
  ['qmail', { kind: 'qmail' }],
  ['maildir:/var/mail/x', { kind: 'maildir', directory: '/var/mail/x' }],
  ['maildir:a:b', { kind: 'maildir', directory: 'a:b' }],
  ['maildir:\nx', { kind: 'maildir', directory: '\nx' }],
  ['maildir:', null],
  ['Qmail', null],
  ['', null],
])('the queue %j', (value, queue) => {
  expect(queueIn(value)).toEqual(queue);
  const expected = queue
    ? { queue }
    : { usage: expect.stringContaining(`maildir:DIRECTORY, not "${value}"`) };
  expect(sessionOptions('mvmtr', ['--queue', value])).toMatchObject(expected);
  expect(serveOptions(['--queue', value])).toMatchObject(expected);
});

describe('a number of octets', () => {
  it.each([
    ['0', 0],
    ['200000', 200_000],
    ['512k', 524_288],
    ['4M', 4_194_304],
    ['999999999m', 999_999_999 * 1_048_576],
    ['1000000000', null],
    ['1 k', null],
    ['1g', null],
    ['-1', null],
    ['', null],
    ['1\n', null],
  ])('%j', (value, bodyCache) => {
    expect(octetsIn(value)).toBe(bodyCache);
    const expected =
      bodyCache === null ? { usage: expect.stringContaining('wants a number of octets') } : { bodyCache };
    expect(sessionOptions('mvmtr', ['-b', value])).toMatchObject(expected);
    expect(serveOptions(['--body-cache', value])).toMatchObject(expected);
  });
});
