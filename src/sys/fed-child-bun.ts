// Bun gives the child the reading end of a pipe of ours as descriptor 3. All of the secret is in the pipe before it starts.

import { closeSync } from 'node:fs';
import { failureOf, writeAtOnce } from './both.ts';
import type { StartFedChild } from './fed-child-types.ts';
import { closeBoth, openPipe } from './pipe-bun.ts';
import type { ChildStatus } from './sys.ts';

function killed(child: Bun.Subprocess): void {
  try {
    child.kill('SIGKILL');
  } catch {
    // it cannot be killed; whoever wanted that sees that it goes on
  }
}

export const fedChild: StartFedChild = async ({ program, args, env, octets }) => {
  const pipe = openPipe();
  if (pipe === null) return { failure: 'exhausted', reason: 'no pipes' };
  if (writeAtOnce(pipe.writeEnd, octets) !== octets.length) {
    closeBoth(pipe);
    return { failure: 'exhausted', reason: 'no room in a pipe' };
  }
  closeSync(pipe.writeEnd);
  try {
    const child = Bun.spawn([program, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit', pipe.readEnd],
    });
    const ended = child.exited.then(
      (): ChildStatus =>
        child.signalCode ? { signal: String(child.signalCode) } : { code: child.exitCode ?? 255 },
    );
    return { ended, kill: () => killed(child) };
  } catch (error) {
    return failureOf(error);
  } finally {
    closeSync(pipe.readEnd);
  }
};
