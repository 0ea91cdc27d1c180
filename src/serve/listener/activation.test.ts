// Sockets handed over by systemd: for us, for somebody else, with and without names, and variables that make no sense.

import { expect, it } from 'vitest';
import { ACTIVATION_VARIABLES, activatedSockets } from './activation.ts';

const PID = 4711;
const ours = { LISTEN_PID: '4711', LISTEN_FDS: '2' };

it.each([
  ['nothing', {}, []],
  ['no process', { LISTEN_FDS: '1' }, []],
  ['no number', { LISTEN_PID: '4711' }, []],
  ['another process', { ...ours, LISTEN_PID: '4712', LISTEN_FDS: 'x' }, []],
  [
    'two',
    ours,
    [
      [3, null],
      [4, null],
    ],
  ],
  [
    'names',
    { ...ours, LISTEN_FDNAMES: 'smtp:submission' },
    [
      [3, 'smtp'],
      [4, 'submission'],
    ],
  ],
  [
    'an empty name',
    { ...ours, LISTEN_FDNAMES: ':submission' },
    [
      [3, ''],
      [4, 'submission'],
    ],
  ],
])('%s', (_, env, expected) => {
  const sockets = expected.map(([descriptor, name]) => ({ descriptor, name }));
  expect(activatedSockets(env, PID)).toEqual({ kind: 'sockets', sockets });
});

it.each([
  [{ LISTEN_PID: 'x' }, 'LISTEN_PID is "x", which is no process'],
  [{ LISTEN_PID: '' }, 'LISTEN_PID is ""'],
  [{ LISTEN_PID: '-1' }, 'LISTEN_PID is "-1"'],
  [{ LISTEN_FDS: '0' }, 'LISTEN_FDS is "0", and can be a number from 1 to 256'],
  [{ LISTEN_FDS: '' }, 'LISTEN_FDS is ""'],
  [{ LISTEN_FDS: '257' }, 'LISTEN_FDS is "257"'],
  [{ LISTEN_FDS: '99999999999999999999' }, 'LISTEN_FDS is "99999999999999999999"'],
  [{ LISTEN_FDS: '2 ' }, 'LISTEN_FDS is "2 "'],
  [{ LISTEN_FDNAMES: 'smtp' }, 'LISTEN_FDNAMES has 1 names for 2 sockets'],
  [{ LISTEN_FDNAMES: 'a:b:c' }, 'LISTEN_FDNAMES has 3 names for 2 sockets'],
])('%j is a problem', (env, problem) => {
  expect(activatedSockets({ ...ours, ...env }, PID)).toEqual({ problem: expect.stringContaining(problem) });
});

it('is told by variables that programs we start do not get', () => {
  expect(ACTIVATION_VARIABLES).toEqual(expect.arrayContaining([...Object.keys(ours), 'LISTEN_FDNAMES']));
});
