// Edits of several hooks, as they made them one after the other, come to what the session is told in one go.

import { expect, it } from 'vitest';
import { NO_FACTS } from '../../../test/support/policy.ts';
import type { MessageFacts } from '../../policy/index.ts';
import type { Effect } from '../../rules/index.ts';
import { editedMessage, headerEdits } from './header.ts';

const MESSAGE: MessageFacts = {
  fields: ['A', 'B', 'C'].map((name) => ({ name, body: ` ${name}` })),
  headerOctets: 15,
  hops: 0,
  complete: null,
};

const add = (name: string, last = false): Effect => ({ effect: 'addheader', name, value: '1', last });
const remove = (...fields: readonly number[]): Effect => ({ effect: 'deleteheader', name: 'X', fields });
const field = (name: string, last = false) => ({ edit: 'add', name, value: '1', last });

it.each([
  ['nothing', [], undefined, 'A B C'],
  ['what is not about the header', [{ effect: 'delay', seconds: 1 }], undefined, 'A B C'],
  [
    'fields in front and at the end',
    [add('X'), add('Y'), add('Z', true)],
    [field('X'), field('Y'), field('Z', true)],
    'Y X A B C Z',
  ],
  ['a field taken out', [remove(1)], [{ edit: 'delete', fields: [1] }], 'A C'],
  ['one after another taken out', [remove(0), remove(0)], [{ edit: 'delete', fields: [0, 1] }], 'C'],
  [
    'a place that moved because of an added field',
    [add('X'), remove(1)],
    [{ edit: 'delete', fields: [0] }, field('X')],
    'X B C',
  ],
  ['an added field taken out again', [add('X'), add('Y', true), remove(0), remove(3)], undefined, 'A B C'],
  ['everything', [remove(0, 1, 2)], [{ edit: 'delete', fields: [0, 1, 2] }], ''],
] as const)('%s', (_, effects, expected, names) => {
  expect(headerEdits(MESSAGE, effects as readonly Effect[]).header).toEqual(expected);
  const edited = editedMessage(MESSAGE, effects as readonly Effect[]);
  expect(edited?.fields.map(({ name }) => name).join(' ')).toBe(names);
});

it('without a message there is nothing to edit', () => {
  expect(editedMessage(NO_FACTS.message, [add('X')])).toBe(null);
});
