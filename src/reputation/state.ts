// The store of states: what rules remember from one connection to the next, in plain files below one directory that is made when
// the first of them is. Any number of processes may use it at once. Nothing is kept in memory. Deciders say what a key's past
// means and what it becomes; here they are given the one and the other is written. A store that cannot be used is a
// failed answer, never an exception and never an empty answer.

import type { Answer, Value } from '../rules/runtime.ts';
import { sha256, toOctets } from '../text/index.ts';
import { type Cell, type Decider, hasName, printCell } from './cell.ts';
import { readFile, removeFile, type Version, writeFile } from './files.ts';
import { sweep, WRITES_PER_SWEEP } from './sweep.ts';

export interface StateOptions {
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to below 1; decides when and where to sweep. */
  readonly chance?: () => number;
}

export interface State {
  /** `topic` and `key` are octet strings, and together name what is decided about. Never throws. */
  ask(topic: string, key: string, decide: Decider<Value>): Answer;
}

/** How often a change is tried before it is written over somebody else's, and the longest wait between two of them. */
const ATTEMPTS = 20;
const WAIT_MILLISECONDS = 4;

export function openState({ directory, now, chance = Math.random }: StateOptions): State {
  return {
    ask(topic, key, decide) {
      try {
        const time = now();
        const name = `${topic} ${key}`;
        const { answer, wrote } = change(pathOf(directory, name), name, time, decide);
        if (wrote && chance() * WRITES_PER_SWEEP < 1) sweepSomewhere(directory, time, chance);
        return { ok: true, value: answer };
      } catch (error) {
        return { ok: false, reason: `store of states: ${reasonOf(error)}` };
      }
    },
  };
}

interface Changed {
  readonly answer: Value;
  readonly wrote: boolean;
}

function change(path: string, name: string, now: number, decide: Decider<Value>): Changed {
  for (let attempt = 1; ; attempt += 1) {
    const { named, version } = readFile(path);
    const held = named !== null && hasName(named, name) && named.cell.until > now ? named.cell : null;
    const { answer, next } = decide(held, now);
    if (next === undefined) return { answer, wrote: false };
    if (put({ path, name, now, next, version, force: attempt === ATTEMPTS })) return { answer, wrote: true };
    pause(Math.random() * WAIT_MILLISECONDS);
  }
}

/** Stands still, with all of this process: a write takes others less time than anything else would take us. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

interface Put {
  readonly path: string;
  readonly name: string;
  readonly now: number;
  readonly next: Cell | null;
  /** What was read before it was decided. */
  readonly version: Version;
  /** Whatever is there now. */
  readonly force: boolean;
}

/** @returns false when somebody else has changed it since it was read. */
function put({ path, name, now, next, version, force }: Put): boolean {
  const expected = force ? 'any' : version;
  if (next !== null && next.until > now) return writeFile(path, printCell({ name, cell: next }), expected);
  return version === null || removeFile(path, expected);
}

function pathOf(directory: string, name: string): string {
  const digits = sha256(toOctets(name));
  return `${directory}/${digits.slice(0, 2)}/${digits.slice(2)}`;
}

/** What goes wrong here is nothing to the one who has just written. */
function sweepSomewhere(directory: string, now: number, chance: () => number): void {
  const shard = Math.floor(chance() * 256);
  try {
    sweep({ path: `${directory}/${shard.toString(16).padStart(2, '0')}`, now, chance });
  } catch {
    // not made yet, or swept by somebody else
  }
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  return 'code' in error ? String(error.code) : String(error);
}
