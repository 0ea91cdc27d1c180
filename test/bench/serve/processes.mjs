// What the kernel tells about a process and everything below it: CPU time, memory, descriptors. Reads /proc, so Linux only.
// Invariants: CPU time is that of the living and of all they have waited for, in seconds; memory is in KB. A process that
// ends while it is looked at counts as gone.
// Fails by throwing when /proc is not there, or when the process that was asked for is not.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The kernel counts CPU time for programs in hundredths, whatever its own clock does. */
const TICKS_PER_SECOND = 100;

/** A process and its descendants, parents first: `[{ pid, ppid, cpu }]`; empty when it is gone. */
export function tree(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? stat(name) : null;
    if (found !== null) children.set(found.ppid, [...(children.get(found.ppid) ?? []), found]);
  }
  const processes = [stat(root)].filter((found) => found !== null);
  for (const { pid } of processes) processes.push(...(children.get(pid) ?? []));
  return processes;
}

/** User and system time of a tree so far, in seconds. */
export const cpuOf = (root) => sum(tree(root).map(({ cpu }) => cpu));

/**
 * Memory of a tree in KB, as `{ all, own }`: the proportional share (PSS) where the kernel tells it, else RSS. `own` is without
 * files: of a program's text a process has a smaller share whenever somebody else starts the same program.
 */
export function memoryOf(root) {
  const processes = tree(root).map(({ pid }) => pid);
  const [file, total, ...parts] =
    kilobytes(root, 'smaps_rollup', 'Pss_Anon') === null
      ? ['status', 'VmRSS', 'RssAnon', 'RssShmem']
      : ['smaps_rollup', 'Pss', 'Pss_Anon', 'Pss_Shmem'];
  const sumOf = (name) => sum(processes.map((pid) => kilobytes(pid, file, name) ?? 0));
  return { all: sumOf(total), own: sum(parts.map(sumOf)) };
}

/** The most that the largest process of a tree has had resident, in KB; of those that live now. */
export const highWaterOf = (root) =>
  Math.max(0, ...tree(root).map(({ pid }) => kilobytes(pid, 'status', 'VmHWM') ?? 0));

/** Resident memory of one process, in KB. */
export function residentOf(pid) {
  const kb = kilobytes(pid, 'status', 'VmRSS');
  if (kb === null) throw new Error(`process ${pid} is gone`);
  return kb;
}

/** What the descriptors of a process are: "socket:[…]", "pipe:[…]", the path of a file. */
export function descriptorsOf(pid) {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).flatMap((name) => {
    try {
      return readlinkSync(`${directory}/${name}`);
    } catch (error) {
      if (error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name in brackets may hold anything; the fields after it are numbers, the first of them the third of proc(5).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [ownUser, ownSystem, childUser, childSystem] = fields.slice(11, 15).map(Number);
  const cpu = (ownUser + ownSystem + childUser + childSystem) / TICKS_PER_SECOND;
  return { pid: Number(pid), ppid: Number(fields[1]), cpu };
}

function kilobytes(pid, file, name) {
  const line = read(`/proc/${pid}/${file}`)
    ?.split('\n')
    .find((each) => each.startsWith(`${name}:`));
  return line === undefined ? null : Number(/\d+/.exec(line)[0]);
}

// Null for a process that is gone or not ours to look into. A kernel thread's or zombie's smaps_rollup reads as ESRCH.
function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return null;
    throw error;
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
