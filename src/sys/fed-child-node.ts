// Node gives the child one end of a socket pair as descriptor 3; our end is written to and closed.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { failureOf } from './both.ts';
import type { StartFedChild } from './fed-child-types.ts';
import type { ChildStatus } from './sys.ts';

export const fedChild: StartFedChild = async ({ program, args, env, octets }) => {
  let child: ChildProcess;
  try {
    child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  } catch (error) {
    return failureOf(error);
  }
  if (child.pid === undefined) {
    return new Promise((resolve) => child.on('error', (error) => resolve(failureOf(error))));
  }
  child.on('error', () => {}); // it cannot be killed; whoever wanted that sees that it goes on
  const secret = child.stdio[3] as Writable;
  secret.on('error', () => {}); // it need not read it; how it ends is what counts
  secret.end(octets);
  const ended = new Promise<ChildStatus>((resolve) => {
    child.on('exit', (code, signal) => resolve(code === null ? { signal: signal ?? 'unknown' } : { code }));
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
};
