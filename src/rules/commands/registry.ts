// Every command and test by name. The testsuite adds its own before it compiles anything (`addSignatures`); nothing else changes
// these tables. Names are in lower case; an action and a test may share one.

import { MFL_ACTIONS, MFL_VERDICTS } from './mfl-actions.ts';
import { SIEVE_ACTIONS_DECIDED, SIEVE_ACTIONS_RECORDED, SIEVE_CONTROLS } from './sieve-commands.ts';
import { SIEVE_TESTS_BASE, SIEVE_TESTS_DECIDED, SIEVE_TESTS_RECORDED } from './sieve-tests.ts';
import type { Signature } from './signature.ts';

export const SIGNATURES: readonly Signature[] = [
  ...SIEVE_CONTROLS,
  ...SIEVE_ACTIONS_DECIDED,
  ...SIEVE_ACTIONS_RECORDED,
  ...SIEVE_TESTS_BASE,
  ...SIEVE_TESTS_DECIDED,
  ...SIEVE_TESTS_RECORDED,
  ...MFL_VERDICTS,
  ...MFL_ACTIONS,
];

const commands = new Map<string, Signature>();
const tests = new Map<string, Signature>();
const testNames = new Set<string>();
const extraCapabilities = new Set<string>();

/** Names the parser reads as the start of a test. */
export const TEST_NAMES: ReadonlySet<string> = testNames;

/** Capabilities known only because `addSignatures` named them. */
export const EXTRA_CAPABILITIES: ReadonlySet<string> = extraCapabilities;

function register(signatures: readonly Signature[]): void {
  for (const signature of signatures) {
    if (signature.kind === 'test') {
      tests.set(signature.name, signature);
      testNames.add(signature.name);
    } else {
      commands.set(signature.name, signature);
    }
  }
}

register(SIGNATURES);

/** Makes more commands and tests known, with the capability that each of them names. */
export function addSignatures(signatures: readonly Signature[]): void {
  register(signatures);
  for (const { capability } of signatures) if (capability !== null) extraCapabilities.add(capability);
}

export const commandSignature = (name: string): Signature | undefined => commands.get(name);

export const testSignature = (name: string): Signature | undefined => tests.get(name);
