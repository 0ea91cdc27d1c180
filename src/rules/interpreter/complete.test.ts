// Whatever the checker lets pass is there when a rule runs: every function, command and test of the tables, but for what the checker
// warns of as not carried out yet.

import { expect, it } from 'vitest';
import { COMMANDS_LATER, FUNCTIONS, SIGNATURES } from '../commands/index.ts';
import { ACTIONS } from './actions.ts';
import { functionNamed } from './functions/index.ts';
import { SIEVE_PART } from './sieve-commands.ts';
import { VERDICTS } from './verdicts.ts';

/** What the interpreter itself steers by. */
const CONTROLS: ReadonlySet<string> = new Set(
  'require if elsif else stop return continue error true false not anyof allof'.split(' '),
);

const namesOf = (kind: 'command' | 'test'): readonly string[] =>
  SIGNATURES.filter((signature) => (signature.kind === 'test') === (kind === 'test')).map(({ name }) => name);

it.each([...FUNCTIONS.keys()].filter((name) => name !== 'try'))('the function %s', (name) => {
  expect(functionNamed(name) ?? SIEVE_PART.functions.get(name)).toBeTypeOf('function');
});

it.each(namesOf('command').filter((name) => !CONTROLS.has(name)))('the command %s', (name) => {
  const there = VERDICTS.get(name) ?? ACTIONS.get(name) ?? SIEVE_PART.actions.get(name);
  if (COMMANDS_LATER.get(name) === 'it is an error at run time') expect(there).toBeUndefined();
  else expect(there).toBeTypeOf('function');
});

it.each(namesOf('test').filter((name) => !CONTROLS.has(name)))('the test %s', (name) => {
  expect(SIEVE_PART.tests.get(name)).toBeTypeOf('function');
});
