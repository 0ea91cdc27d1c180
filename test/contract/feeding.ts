// A program to start with a secret on descriptor 3, and what came of it, as data, so that another runtime can do it.

import type { StartFedChild } from '../../src/sys/fed-child-types.ts';
import type { ChildStatus, SpawnFailure } from '../../src/sys/index.ts';

export interface Feeding {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Octet string. */
  readonly secret: string;
  /** Kills it as soon as it has started, or when it has ended. */
  readonly kill?: 'running' | 'ended';
}

export type Fed = ChildStatus | SpawnFailure;

export async function feed(feeding: Feeding, fedChild: StartFedChild): Promise<Fed> {
  const { program, args, env, secret, kill } = feeding;
  const child = await fedChild({ program, args, env, octets: Buffer.from(secret, 'latin1') });
  if ('failure' in child) return child;
  if (kill === 'running') child.kill();
  const status = await child.ended;
  if (kill === 'ended') child.kill();
  return status;
}
