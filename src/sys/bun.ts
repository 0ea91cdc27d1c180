// Bun: the client through Bun's own streams on descriptors 0 and 1; children through Bun.spawn (vfork) with true pipes made by pipe2(),
// because queue programs are often scripts that open /dev/stdin, and because Bun cannot write to a descriptor 1 of its own making.

import { closeSync } from 'node:fs';
import { failureOf } from './both.ts';
import { childInput } from './child-input-bun.ts';
import { openDescriptors } from './descriptors-bun.ts';
import { overTcp, overUdp } from './dns-bun.ts';
import { closeBoth, openPipe } from './pipe-bun.ts';
import { withOwnText } from './scratch.ts';
import type { Child, ChildStatus, Spawner, SpawnFailure, SpawnOptions, Sys } from './sys.ts';

export const sys: Sys = { runtime: 'bun', openDescriptors, spawn, openSpawner, overUdp, overTcp };

// vfork() costs the same however large we are.
async function openSpawner(): Promise<Spawner> {
  return { spawn, handicap: null, close: async () => {} };
}

function spawn(options: SpawnOptions): Promise<Child | SpawnFailure> {
  return withOwnText((ownText) => start(options, ownText));
}

async function start(
  { file, cwd, env }: SpawnOptions,
  ownText: number,
): Promise<Omit<Child, 'ownText'> | SpawnFailure> {
  const message = openPipe();
  const envelope = message && openPipe();
  if (!message || !envelope) {
    if (message) closeBoth(message);
    return { failure: 'exhausted', reason: 'no pipes' };
  }
  try {
    const child = Bun.spawn([file], {
      cwd,
      env,
      stdio: [message.readEnd, envelope.readEnd, 'inherit', null, null, null, ownText],
    });
    closeSync(message.readEnd);
    closeSync(envelope.readEnd);
    const ended = child.exited.then((): ChildStatus => {
      return child.signalCode ? { signal: String(child.signalCode) } : { code: child.exitCode ?? 255 };
    });
    return {
      pid: child.pid,
      ended,
      message: childInput(message.writeEnd),
      envelope: childInput(envelope.writeEnd),
      kill: () => child.kill('SIGKILL'),
    };
  } catch (error) {
    closeBoth(message);
    closeBoth(envelope);
    return failureOf(error);
  }
}
