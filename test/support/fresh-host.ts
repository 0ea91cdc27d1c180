// A host of its own for what the papers tell somebody to type, as it is written: /etc, /var and /opt that nobody else sees, and a network
// that has no other host. In namespaces of Linux, which take root; they are gone with the process that holds them.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { programPath } from './needs.ts';
import { within } from './serve.ts';
import { type Finished, run } from './tcp-server.ts';

export interface FreshHost {
  /** Types this into a shell there. */
  type(text: string, input?: string): Promise<Finished>;
  /** Starts a run script there. */
  start(script: string): Started;
  remove(): Promise<void>;
}

export interface Started {
  output(): string;
  /** Waits until its output matches. */
  until(pattern: RegExp): Promise<void>;
  stop(): Promise<void>;
}

/** What is missing for one. */
export function lackingForFreshHost(): readonly string[] {
  const programs = ['unshare', 'nsenter', 'busybox'].filter((name) => programPath(name) === null);
  if (programs.length > 0) return programs;
  const { status } = spawnSync(programPath('unshare') ?? '', ['-m', '-n', 'true']);
  return status === 0 ? [] : ['the right to namespaces (unshare -m -n)'];
}

/** @param setup a shell script that makes the host what it is to be */
export async function freshHost(setup: string): Promise<FreshHost> {
  const holder = spawn(
    programPath('unshare') ?? '',
    ['-m', '-n', 'sh', '-e', '-c', `${PLACES}${setup}${HOLD}`],
    {
      stdio: 'pipe',
    },
  );
  const said = gather(holder);
  await said.until(/^ready$/m);
  const inside = [
    'nsenter',
    '-t',
    String(holder.pid),
    '-m',
    '-n',
    '-w/',
    '--',
    'env',
    '-i',
    `PATH=${PATH}`,
    'sh',
  ];
  const [enter = '', ...words] = inside;
  const children = new Set([holder]);
  return {
    type: (text, input = '') => run([enter, ...words, '-e', '-c', text], { input }),
    start(script) {
      const child = spawn(programPath(enter) ?? enter, [...words, '-c', script], { stdio: 'pipe' });
      children.add(child);
      return { ...gather(child), stop: () => end(child, 'SIGTERM') };
    },
    remove: async () => {
      for (const child of children) await end(child, 'SIGKILL');
    },
  };
}

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

const PLACES = `
busybox ip link set lo up
fresh=$(mktemp -d)
mount -t tmpfs fresh "$fresh"
cp -a /etc "$fresh/etc"
mkdir "$fresh/var" "$fresh/opt"
for place in etc var opt; do mount --bind "$fresh/$place" "/$place"; done
`;

const HOLD = `
echo ready
exec cat
`;

function gather(child: ChildProcess): Pick<Started, 'output' | 'until'> {
  let text = '';
  let heard: () => void = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (octets: Buffer) => {
      text += octets.toString('latin1');
      heard();
    });
  }
  const output = (): string => text;
  const matched = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  const early = once(child, 'close').then(([code]) => {
    throw new Error(`it has left with ${code}\n${text}`);
  });
  early.catch(() => undefined); // whoever waits is told
  const until = async (pattern: RegExp): Promise<void> => {
    await within(String(pattern), output, Promise.race([matched(pattern), early]));
  };
  return { output, until };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
