// One of several processes that use a store of states at once; the only argument is a Task as JSON. Says "ready", waits for the end
// of its standard input, does what state.test.ts expects of it, and prints what it has seen as one line of JSON. An endless
// one writes a line after each round until it is killed, or until nobody can read it.

import { readSync, writeSync } from 'node:fs';
import { openState, report, stateAnswers } from '../../src/reputation/index.ts';
import type { Answer, Value } from '../../src/rules/runtime.ts';

export interface Task {
  readonly directory: string;
  readonly name: string;
  readonly endless: boolean;
  /** Keys that every process asks for. */
  readonly keys: number;
  /** Writes to a key that only this process writes, and to those that all of them do. */
  readonly ownWrites: number;
  readonly sharedWrites: number;
}

export interface Seen {
  /** Numbers of the keys that were new to this process. */
  readonly firsts: readonly number[];
  /** How many of the keys had to wait. */
  readonly waiting: number;
  readonly ownCount: number;
  /** What has stood in the shared value. */
  readonly values: readonly string[];
  readonly failures: readonly string[];
}

const task = JSON.parse(process.argv[2] as string) as Task;
const state = openState({ directory: task.directory, now: Date.now });
const answers = stateAnswers(state);
const failures: string[] = [];

async function call(name: string, ...values: readonly Value[]): Promise<Value> {
  const question = { kind: 'function', name, arguments: values } as const;
  return taken((await answers({ key: name, group: 'reputation', question })) as Answer);
}

function taken(answer: Answer): Value {
  if (answer.ok) return answer.value;
  failures.push(answer.reason);
  return '';
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

async function work({ name, keys, ownWrites, sharedWrites }: Task): Promise<Seen> {
  const firsts: number[] = [];
  let waiting = 0;
  for (const key of range(keys)) {
    if ((await call('seen', `${key}`, 3600)) === false) firsts.push(key);
    if ((await call('greylist', `${key}`, 3600, 7200, 7200)) === true) waiting += 1;
  }
  for (const _ of range(ownWrites)) await call('counter_add', name, 1, 3600);
  const values = new Set<string>();
  for (const _ of range(sharedWrites)) {
    await call('counter_add', 'shared', 1, 3600);
    await call('ratelimit', 'shared', 10, 86_400);
    taken(report(state, { kind: 'test', key: 'shared', weight: 1, note: name }));
    await call('store_put', 'shared', name.repeat(1000), 3600);
    values.add(String(await call('store_get', 'shared')));
  }
  return { firsts, waiting, ownCount: Number(await call('counter', name)), values: [...values], failures };
}

async function workForEver(): Promise<void> {
  for (;;) {
    for (const key of range(task.keys)) await call('counter_add', `${key}`, 1, 3600);
    writeSync(1, 'round\n');
  }
}

writeSync(1, 'ready\n');
while (readSync(0, new Uint8Array(16)) > 0);
if (task.endless) await workForEver();
else writeSync(1, `${JSON.stringify(await work(task))}\n`);
