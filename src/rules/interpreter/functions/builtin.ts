// What a built-in function gets: the run, its arguments as the checker has counted and typed them, and its place for faults.

import type { Value } from '../../runtime.ts';
import type { Run } from '../state.ts';

export type Builtin = (run: Run, given: readonly Value[], at: number) => Value;

export type Builtins = readonly (readonly [name: string, builtin: Builtin])[];

/** A fault's code for an argument that makes no sense. */
export const BAD_VALUE = 'MFL-RUN-VALUE';

export const text = (given: readonly Value[], index: number): string => given[index] as string;
export const number = (given: readonly Value[], index: number): number => given[index] as number;
export const list = (given: readonly Value[], index: number): readonly string[] =>
  given[index] as readonly string[];
