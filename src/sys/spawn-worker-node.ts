// One shell that starts children for us, one at a time: it forks in our place and stays small. Its script is fixed; what is
// to be started comes as lines that `read -r` takes into variables, so that no foreign text is ever code.
// Each child has two pipes that the system makes for it and for nobody else: whoever still holds those of an earlier child
// can neither read nor write anything of a later one. Their reading ends come out of here-documents; we open the writing
// ends in /proc. (The other way round would not do: a process that has given up root does not let its children look in.)
// The shell says `ready`, `runs /proc/PID` and `ended STATUS`. One that says anything else, or ends, is given up, and its
// child has failed. When we are gone it finds the end of its input, tidies up, and ends.

import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants as system } from 'node:os';
import { writeAtOnce } from './both.ts';
import { childInput } from './child-input-node.ts';
import { closeAll, openNamedScratch } from './scratch.ts';
import { type Shell, type ShellOptions, startShell } from './shell-node.ts';
import type { Typical } from './spawn-job.ts';
import type { Child, ChildInput, ChildStatus } from './sys.ts';

/** An exit status above this is a signal, or an exit with that very code: shells do not tell which. */
const SIGNALS_FROM = 128;
const LAST_SIGNAL = 64;

/** Enough that nobody guesses a mark. */
const MARK_OCTETS = 4;

// A here-document is a pipe in the shells we know, and where it is not, the trial before the first use fails. Descriptor 0
// is for jobs: each is the mark $1 and the file for descriptor 6, the program (or nothing for $2), its directory (or nothing for
// $3), names to remove, variables to set, and a last line that says that we have the pipes. What a child leaves there that is killed too early is passed over,
// up to the next mark, which nobody else knows. The file is ours to unlink, and the shell's when it has lost us, which does
// not kill it therefore (PIPE); in a child that is undone. Descriptor 7 is our standard error; what the shell itself has to say (such
// as "Killed") is not for the log. No variable has a name that could be one of the child's.
const SCRIPT = `
exec 7>&2 2>/dev/null 3<<'.'
-
.
trap : PIPE
echo ready
read -r mvmtr_line <&1 && exec <&3 3<&- && read -r mvmtr_line || exit
while IFS=' ' read -r mvmtr_line mvmtr_rest; do
  [ "$mvmtr_line" = "$1" ] || continue
  mvmtr_text=$mvmtr_rest
  (
    exec 3<<'.' 4<<'.'
-
.
-
.
    exec 6<>"$mvmtr_text" || exit
    read -r mvmtr_line <&3 && read -r mvmtr_line <&4 || exit
    IFS= read -r mvmtr_file && IFS= read -r mvmtr_cwd || exit
    [ "$mvmtr_file" ] || mvmtr_file=$2
    [ "$mvmtr_cwd" ] || mvmtr_cwd=$3
    cd -P /proc/self && mvmtr_self=$PWD && cd -P "$mvmtr_cwd" || exit
    unset PWD OLDPWD SHLVL _
    while IFS= read -r mvmtr_line || exit; [ "$mvmtr_line" ]; do unset "$mvmtr_line" || exit; done
    while IFS= read -r mvmtr_line || exit; [ "$mvmtr_line" ]; do export "$mvmtr_line" || exit; done
    echo "runs $mvmtr_self" && read -r mvmtr_line || exit
    exec "$mvmtr_file" <&3 1<&4 2>&7 3<&- 4<&- 7>&-
  )
  echo "ended $?"
done
exec rm -f "$mvmtr_text"
`;

export interface WorkerOptions extends Pick<ShellOptions, 'shell' | 'env'> {
  /** The program that is started mostly, and where. */
  readonly typical: Typical;
}

export interface Worker {
  /** Starts a child, after the one before has ended. Null: nothing was started, and the worker is given up. */
  start(job: Uint8Array): Promise<Child | null>;
  /** Whether it can start another child. */
  alive(): boolean;
  /** Lets it end, when it has no child. */
  dismiss(): void;
  /** Ends it in any case. What happens to its child then is not known any more. */
  giveUp(): void;
  /** Resolves when it has ended. */
  readonly gone: Promise<void>;
}

/** Null when there is no process or descriptor to be had, or when the shell does not do as it should. */
export async function openWorker(options: WorkerOptions): Promise<Worker | null> {
  const mark = randomBytes(MARK_OCTETS).toString('hex');
  const { file, cwd } = options.typical;
  const shell = startShell({ ...options, script: SCRIPT, args: [mark, file, cwd] });
  if (shell === null) return null;
  let jobs: number | null = null;
  const stop = (): void => {
    if (jobs !== null) closeSync(jobs);
    jobs = null;
  };
  const giveUp = (): void => {
    shell.giveUp();
    stop();
  };
  try {
    if ((await shell.hearSoon()) !== 'ready') throw new Error('another shell than we know');
    jobs = openPipe(shell.pid, 3);
    shell.say('go\n');
  } catch {
    giveUp();
    return null;
  }
  return {
    async start(job) {
      const child = jobs === null ? null : await startChild({ shell, jobs, mark }, job);
      if (child === null) giveUp();
      return child;
    },
    alive: () => jobs !== null && shell.alive(),
    dismiss: stop,
    giveUp,
    gone: shell.gone.then(stop),
  };
}

/** Our end of a pipe that another process of ours has for reading. @throws */
const openPipe = (pid: number, descriptor: number): number =>
  openSync(`/proc/${pid}/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);

// A shell that is told something waits for it, so there is room for it in its pipe.
function tell(jobs: number, octets: Uint8Array): void {
  if (writeSync(jobs, octets) < octets.length) throw new Error('a job that is larger than a pipe');
}

interface Desk {
  readonly shell: Shell;
  /** Our end of the pipe for jobs. */
  readonly jobs: number;
  readonly mark: string;
}

async function startChild({ shell, jobs, mark }: Desk, job: Uint8Array): Promise<Child | null> {
  const opened: number[] = [];
  const open = (descriptor: number): number => {
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const { path, descriptor } = openNamedScratch();
    const ownText = open(descriptor);
    let line: string | null;
    try {
      tell(jobs, Buffer.concat([Buffer.from(`${mark} ${path}\n`), job]));
      line = await shell.hearSoon();
    } finally {
      unlinkSync(path);
    }
    const found = /^runs \/proc\/([0-9]+)$/.exec(line ?? '')?.[1];
    if (found === undefined) throw new Error('a child that does not start');
    const pid = Number(found);
    const messageEnd = open(openPipe(pid, 3));
    const envelopeEnd = open(openPipe(pid, 4));
    tell(jobs, GO);
    return childOf({ shell, pid, messageEnd, envelopeEnd, ownText });
  } catch {
    closeAll(opened);
    return null; // no descriptors, or no such shell any more
  }
}

const GO = Buffer.from('go\n');

interface Started {
  readonly shell: Shell;
  readonly pid: number;
  readonly messageEnd: number;
  readonly envelopeEnd: number;
  readonly ownText: number;
}

function childOf({ shell, pid, messageEnd, envelopeEnd, ownText }: Started): Child {
  let over = false;
  const ended = shell.hear().then((line) => {
    over = true;
    const status = /^ended ([0-9]+)$/.exec(line ?? '')?.[1];
    if (status === undefined) shell.giveUp();
    return statusOf(status === undefined ? null : Number(status));
  });
  return {
    pid,
    message: pipeInput(messageEnd),
    envelope: pipeInput(envelopeEnd),
    ownText,
    ended,
    kill() {
      // Until the shell has waited for it nobody else gets its number; and of what we have not heard yet, /proc knows.
      if (!over && parentOf(pid) === shell.pid) killProcess(pid);
    },
  };
}

function statusOf(status: number | null): ChildStatus {
  if (status === null || status > 255) return { signal: 'unknown' };
  const signal = status - SIGNALS_FROM;
  if (signal <= 0 || signal > LAST_SIGNAL) return { code: status };
  const name = Object.entries(system.signals).find(([, number]) => number === signal)?.[0];
  return { signal: `${name ?? `signal ${signal}`} or exit ${status}` };
}

function parentOf(pid: number): number | null {
  try {
    // PID (NAME) STATE PARENT …, and the name may have anything in it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 1).split(' ')[2]);
  } catch {
    return null; // it has ended
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, or does not belong to us; whoever waits for it has a limit of its own.
  }
}

// What a pipe takes at once, which is most messages whole, goes there directly; for the rest there is a socket around it.
function pipeInput(descriptor: number): ChildInput {
  let socket: ChildInput | null = null;
  let broken = false;
  let closed = false;
  return {
    write(octets) {
      if (socket !== null) return socket.write(octets);
      if (closed) broken = true;
      if (broken) return undefined;
      const count = writeAtOnce(descriptor, octets);
      if (count === null) broken = true;
      if (count === null || count === octets.length) return undefined;
      socket = childInput(new Socket({ fd: descriptor, readable: false, writable: true }));
      return socket.write(octets.subarray(count));
    },
    async taken() {
      return socket === null ? !broken : socket.taken();
    },
    close() {
      if (closed) return;
      closed = true;
      if (socket !== null) socket.close();
      else closeSync(descriptor);
    },
    leftUnread: false,
  };
}
