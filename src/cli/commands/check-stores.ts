// Findings about what rules write below the home directory: the store of states and the quarantine, each only if the start file's
// rules use it. Both are made when needed, so it counts whether they could be, by whoever runs the check; who is allowed to do
// everything learns nothing from this. Makes nothing, writes nothing.

import { accessSync, constants, statSync } from 'node:fs';
import type { Program } from '../../rules/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { type Finding, warning } from './findings.ts';
import type { Subject } from './subject.ts';

/** Parts of the language, by kind and name, and what is lost when the place they write to cannot be written. */
const STORES = [
  {
    directory: 'state',
    users: [
      ...['greylist', 'ratelimit', 'report'].map((name) => `command ${name}`),
      ...['rate', 'reputation', 'counter', 'counter_add', 'store_get', 'store_put', 'seen'].map(
        (name) => `call ${name}`,
      ),
      'path client.reputation',
    ],
    effect: 'so rules remember nothing: greylist and ratelimit let everybody pass',
  },
  {
    directory: 'quarantine',
    users: ['command quarantine'],
    effect: 'so a message that a rule puts aside is answered 451',
  },
];

/** @param program the start file's; null without one that compiles */
export function checkStores(subject: Subject, program: Program | null): readonly Finding[] {
  if (program === null) return [];
  return STORES.flatMap(({ directory, users, effect }) => {
    const path = `${subject.home}/${directory}`;
    const problem = uses(program, users) ? problemOf(subject.home, path) : null;
    const todo = 'let the user of the sessions write there (and run the check as that user)';
    return problem === null ? [] : [warning({ file: path }, `${problem}, ${effect}`, todo)];
  });
}

interface Tree {
  readonly node?: unknown;
  readonly name?: unknown;
}

function uses({ hooks, functions, globals, main }: Program, users: readonly string[]): boolean {
  return mentions([hooks, functions, globals, main], users);
}

function mentions(value: unknown, users: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, users));
  if (typeof value !== 'object' || value === null) return false;
  const { node, name } = value as Tree;
  if (users.includes(`${node} ${name}`)) return true;
  return Object.values(value).some((item) => mentions(item, users));
}

function problemOf(home: string, path: string): string | null {
  try {
    if (!statSync(path).isDirectory()) return 'is no directory';
    accessSync(path, constants.W_OK | constants.X_OK);
    return null;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return `cannot be written (${fileReason(cause)})`;
  }
  try {
    accessSync(home, constants.W_OK | constants.X_OK);
    return null;
  } catch (cause) {
    return `is not there and cannot be made (${fileReason(cause)})`;
  }
}
