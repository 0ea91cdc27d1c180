// The interpreter knows by itself which tags of verdicts and actions have a value; here that is held to the signatures, which the
// checker goes by.

import { expect, it } from 'vitest';
import { SIGNATURES } from '../commands/index.ts';
import { ACTIONS } from './actions.ts';
import { takesValue } from './command.ts';
import { VERDICTS } from './verdicts.ts';

const OWN = SIGNATURES.filter(
  ({ kind, name }) => kind !== 'test' && (VERDICTS.has(name) || ACTIONS.has(name)),
);

it.each(OWN.map((signature) => [signature.name, signature.tags] as const))(
  'the tags of %s have values where their signatures say so',
  (_, tags) => {
    for (const [tag, { value }] of Object.entries(tags))
      expect([tag, takesValue(tag)]).toEqual([tag, value !== null]);
  },
);

it('covers every verdict and action', () => {
  expect(OWN.map(({ name }) => name).sort()).toEqual([...VERDICTS.keys(), ...ACTIONS.keys()].sort());
});
