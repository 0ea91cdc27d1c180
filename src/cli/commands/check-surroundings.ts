// Findings about what a session finds around it: the queue program, what rules write, the environment. Starts
// nothing. The environment is the one the check was started in, which may not be the one of the
// run script.

import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Program } from '../../rules/index.ts';
import { fileReason } from '../../serve/file-reason.ts';
import { checkStores } from './check-stores.ts';
import { error, type Finding, warning } from './findings.ts';
import type { Subject } from './subject.ts';

/** @param program the start file's; null without one that compiles */
export function checkSurroundings(subject: Subject, program: Program | null): readonly Finding[] {
  return [...checkQueue(subject), ...checkStores(subject, program), ...checkEnvironment(subject)];
}

function checkQueue({ home, environment }: Subject): readonly Finding[] {
  const { QMAILQUEUE: named } = environment;
  const todo =
    named === undefined
      ? 'install qmail there, or set QMAILQUEUE'
      : 'correct or unset the variable QMAILQUEUE';
  if (named === '') {
    const what = 'is set, but empty, so no message can be queued';
    return [error({ file: 'QMAILQUEUE' }, what, 'unset it for the usual qmail-queue')];
  }
  // A session runs in the home directory, so relative names start there.
  const path = resolve(home, named ?? 'bin/qmail-queue');
  try {
    if (!statSync(path).isFile()) return [error({ file: path }, 'the queue program is not a file', todo)];
    accessSync(path, constants.X_OK);
    return [];
  } catch (cause) {
    return [error({ file: path }, `the queue program cannot be run (${fileReason(cause)})`, todo)];
  }
}

function checkEnvironment({ environment }: Subject): readonly Finding[] {
  if (!environment.NODE_EXTRA_CA_CERTS) return [];
  const what = 'is set: under Node each session starts 30 to 40 ms later';
  return [
    warning({ file: 'NODE_EXTRA_CA_CERTS' }, what, 'unset it in the run script (env -u NODE_EXTRA_CA_CERTS)'),
  ];
}
