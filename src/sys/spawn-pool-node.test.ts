// Children started by shells are what children started by ourselves are: environment, descriptors, directory, signals,
// status. And nothing of one child is ever another's, whatever they do and leave behind. Played on each shell that is
// here; the ordinary way is barred, unless a test is about it.

import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { needs } from '../../test/support/needs.ts';
import { closeAll, sys } from './index.ts';
import { openSpawnPool, type SpawnPoolOptions } from './spawn-pool-node.ts';
import type { Child, ChildStatus, Spawn, Spawner, SpawnOptions } from './sys.ts';

const barred: Spawn = async () => ({ failure: 'not-executable', reason: 'barred' });

/** The server's environment; children get what they are given. */
const SERVER = { PATH: process.env.PATH, LANG: 'C.UTF-8', LINES: 'one\ntwo', GONE: 'x', ODD_NAME: "a'b" };

/** What children are given that a test does not care about. */
const PLAIN = { PATH: SERVER.PATH, LANG: SERVER.LANG };

/** Tells each shell and all that it was given, as octet strings. */
interface Told {
  readonly status: ChildStatus;
  readonly text: string;
}

const openPool = (options: Partial<SpawnPoolOptions> = {}): Promise<Spawner> =>
  openSpawnPool({ ordinary: barred, typical: { file: '/bin/true', cwd: '/tmp', env: SERVER }, ...options });

async function start(spawn: Spawn, options: Partial<SpawnOptions> = {}): Promise<Child> {
  const child = await spawn({ file: '/bin/sh', cwd: '/', env: PLAIN, ...options });
  if ('failure' in child) throw new Error(`${child.failure}: ${child.reason}`);
  return child;
}

/** How a child ends that has been given all it gets, and what it has written to descriptor 6. */
async function finish(child: Child): Promise<Told> {
  child.message.close();
  child.envelope.close();
  const status = await child.ended;
  const text = readFileSync(`/proc/self/fd/${child.ownText}`, 'latin1');
  closeAll([child.ownText]);
  return { status, text };
}

/** A shell script from descriptor 0. */
async function play(spawn: Spawn, script: string, options: Partial<SpawnOptions> = {}): Promise<Told> {
  const child = await start(spawn, options);
  await child.message.write(Buffer.from(`${script}\n`));
  return finish(child);
}

const sorted = (environ: string): readonly string[] => environ.split('\0').sort();

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

let directory: string;

beforeEach(() => {
  directory = scratchDirectory();
});

afterEach(() => removeDirectory(directory));

function program(script: string, name = 'program'): string {
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const SHELLS: readonly (readonly [string, SpawnPoolOptions['shell'] & object])[] = [
  ['sh', ['/bin/sh']],
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];

for (const [name, shell] of SHELLS) {
  needs(name).describe(`children of ${name}`, () => {
    let spawner: Spawner;

    beforeAll(async () => {
      spawner = await openPool({ shell });
      expect(spawner.handicap).toBeNull();
    });

    afterAll(() => spawner.close());

    it('have the environment that they are given, octet for octet', async () => {
      const odd = Array.from({ length: 0x2ff }, (_, at) => String.fromCharCode(at + 1)).join('');
      const values = [odd.replace('\n', ''), '$(exit 9)`exit 9`\\', ' x ', '', '-n', '"', "';exit 9;'", '€𝄞'];
      const env = {
        ...PLAIN,
        LINES: 'one\ntwo',
        PWD: '/nowhere',
        OLDPWD: '',
        SHLVL: '41',
        TCPREMOTEIP: '203.0.113.9',
        ...Object.fromEntries(values.map((value, at) => [`TCPREMOTEINFO${at}`, value])),
      };
      for (const each of [env, PLAIN, SERVER, { ...SERVER, LINES: 'one' }]) {
        const script = 'cat /proc/$$/environ >&6';
        const { text } = await play(spawner.spawn, script, { env: each });
        const ordinary = await play(sys.spawn, script, { env: each });
        expect(sorted(text)).toEqual(sorted(ordinary.text));
      }
    });

    it('have nothing of the environment of the one before', async () => {
      const env = { ...PLAIN, RELAYCLIENT: '', LINES: 'x' };
      await play(spawner.spawn, ':', { env });
      const { text } = await play(spawner.spawn, 'cat /proc/$$/environ >&6');
      expect(sorted(text)).toEqual(['', `LANG=${PLAIN.LANG}`, `PATH=${PLAIN.PATH}`]);
    });

    it('have descriptors 0 and 1 to read, 6 to write, and none of the shell’s', async () => {
      const list = '(ls /proc/$$/fd >&6)';
      const { text } = await play(spawner.spawn, list);
      expect(text).toBe((await play(sys.spawn, list)).text);
      // What whoever started the tests has left open, with high numbers, is everybody's.
      expect(text.match(/^[0-9]{1,2}$/gm)).toEqual(['0', '1', '2', '6']);
      const modes = await play(spawner.spawn, '(for n in 0 1 6; do grep flags /proc/$$/fdinfo/$n; done) >&6');
      expect(modes.text.match(/[0-7]$/gm)).toEqual(['0', '0', '2']);
      const links = await play(spawner.spawn, '(for n in 0 1 2 6; do readlink /proc/$$/fd/$n; done) >&6');
      const [message, envelope, errors, own] = links.text.split('\n');
      expect(new Set([message, envelope, errors, own]).size).toBe(4);
      expect(errors).toBe(readlinkSync('/proc/self/fd/2'));
      expect([message, envelope]).toEqual([expect.stringMatching(/^pipe:/), expect.stringMatching(/^pipe:/)]);
      expect(own).toMatch(/ \(deleted\)$/);
    });

    it('are otherwise as they are without a shell', async () => {
      const cwd = '/usr/bin';
      for (const script of [
        'exec grep -e ^Sig[BIC] -e ^Cap -e ^Gid -e ^Uid -e ^Umask /proc/self/status >&6',
        'pwd -P >&6',
        'ulimit -a >&6',
        'echo "$0" >&6',
        // process group, session, terminal
        'IFS=" " read -r pid name state parent rest </proc/$$/stat; set -- $rest; echo $1 $2 $3 >&6',
      ]) {
        const { text } = await play(spawner.spawn, script, { cwd });
        expect(text).toBe((await play(sys.spawn, script, { cwd })).text);
        expect(text).not.toBe('');
      }
    });

    it('have the number that is told', async () => {
      const child = await start(spawner.spawn);
      await child.message.write(Buffer.from('echo $$ >&6\n'));
      expect(await finish(child)).toEqual({ status: { code: 0 }, text: `${child.pid}\n` });
    });

    it.each<[string, ChildStatus]>([
      ['exit 0', { code: 0 }],
      ['exit 31', { code: 31 }],
      ['exit 127', { code: 127 }],
      ['exit 255', { code: 255 }],
      ['exit 137', { signal: 'SIGKILL or exit 137' }],
      ['kill -9 $$', { signal: 'SIGKILL or exit 137' }],
      ['kill -15 $$', { signal: 'SIGTERM or exit 143' }],
      ['kill -13 $$', { signal: 'SIGPIPE or exit 141' }],
    ])('tell how they ended: %s', async (script, status) => {
      expect((await play(spawner.spawn, script)).status).toEqual(status);
    });

    it('that end by an interrupt are no success, and the next one works', async () => {
      expect((await play(spawner.spawn, 'kill -2 $$')).status).toHaveProperty('signal');
      const next = await openPool({ shell, ordinary: sys.spawn });
      expect((await play(next.spawn, 'exit 3')).status).toEqual({ code: 3 });
      await next.close();
    });

    it('that cannot be executed are told apart, or fail', async () => {
      const text = join(directory, 'text');
      writeFileSync(text, 'x\n');
      for (const file of ['/nonexistent', directory, text, `${text}/x`]) {
        expect(await spawner.spawn({ file, cwd: '/', env: PLAIN })).toMatchObject({
          failure: 'not-executable',
        });
      }
      const nowhere = { file: '/bin/sh', cwd: '/nonexistent', env: PLAIN };
      expect(await spawner.spawn(nowhere)).toMatchObject({ failure: 'not-executable' });
      writeFileSync(text, '#!/nonexistent\n');
      chmodSync(text, 0o755);
      const { status } = await finish(await start(spawner.spawn, { file: text }));
      expect(status).toEqual({ code: expect.toSatisfy((code) => code === 126 || code === 127) });
    });

    it('are killed, and then nothing happens to whoever has their number', async () => {
      const child = await start(spawner.spawn, { file: program('exec sleep 1000') });
      child.kill();
      expect((await finish(child)).status).toEqual({ signal: 'SIGKILL or exit 137' });
      child.kill();
      expect((await play(spawner.spawn, 'exit 3')).status).toEqual({ code: 3 });
    });

    it('that do not read are noticed when there is more than a pipe holds', async () => {
      const child = await start(spawner.spawn, { file: program('exit 0') });
      await child.message.write(Buffer.alloc(1_000_000));
      expect(await child.message.taken()).toBe(false);
      expect((await finish(child)).status).toEqual({ code: 0 });
    });

    it('may open /dev/stdin, even when everything has been written', async () => {
      const file = program('exec 3<&1; sleep 0.05; cat /dev/stdin /dev/fd/3 >&6');
      const child = await start(spawner.spawn, { file });
      await child.message.write(Buffer.from('message, '));
      await child.envelope.write(Buffer.from('envelope'));
      expect(await finish(child)).toEqual({ status: { code: 0 }, text: 'message, envelope' });
    });

    it('find an end when they are given nothing', async () => {
      const child = await start(spawner.spawn, { file: program('cat; cat <&1; exit 54') });
      expect((await finish(child)).status).toEqual({ code: 54 });
    });
  });
}

describe('a pool of shells', () => {
  let spawner: Spawner;

  const open = async (options: Partial<SpawnPoolOptions> = {}): Promise<void> => {
    spawner = await openPool(options);
  };

  /** A child that runs until it gets an end of message, and the number of its shell. */
  async function lookAround(): Promise<{ child: Child; shell: number }> {
    const child = await start(spawner.spawn);
    await child.message.write(Buffer.from('(echo $PPID) >&6\n'));
    const told = (): string => readFileSync(`/proc/self/fd/${child.ownText}`, 'latin1');
    await until(() => told().endsWith('\n'));
    return { child, shell: Number(told()) };
  }

  it('gives 500 children, 20 at a time, each its own message and envelope once', async () => {
    await open();
    const file = program(
      'set -C; cat >"$OUT.message" && cat <&1 >"$OUT.envelope" && echo $OUT >&6 && exit 8',
    );
    const sizes = [0, 1, 4096, 65_536, 65_537, 300_000];
    const jobs = Array.from({ length: 500 }, (_, at) => {
      const size = sizes[at % 50] ?? 100 + at;
      return { at, message: Buffer.alloc(size, `message ${at}\n`), envelope: `envelope ${at}` };
    });
    const left = jobs.values();
    const pids = new Set<number>();
    const work = async (): Promise<void> => {
      for (const { at, message, envelope } of left) {
        const OUT = join(directory, String(at));
        const child = await start(spawner.spawn, { file, env: { ...PLAIN, OUT } });
        pids.add(child.pid);
        await child.message.write(message);
        expect(await child.message.taken()).toBe(true);
        child.message.close();
        await child.envelope.write(Buffer.from(envelope));
        expect(await finish(child)).toEqual({ status: { code: 8 }, text: `${OUT}\n` });
        expect(readFileSync(`${OUT}.message`).equals(message)).toBe(true);
        expect(readFileSync(`${OUT}.envelope`, 'latin1')).toBe(envelope);
      }
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect(readdirSync(directory).length).toBe(2 * jobs.length + 1);
    expect(pids.size).toBe(jobs.length);
  }, 60_000);

  it('keeps what a child leaves behind away from later children', async () => {
    await open();
    // It keeps all that its parent had, reads on where that one stopped, and writes when others have their turn.
    const read = 'cat <&3; cat <&4; while [ -e "$OUT" ]; do echo Dstolen >&6; sleep 0.01; done';
    const behind = `exec 3<&0 4<&1; (${read}) >"$OUT" &`;
    const OUT = join(directory, 'stolen');
    writeFileSync(OUT, '');
    const child = await start(spawner.spawn, { file: program(behind), env: { ...PLAIN, OUT } });
    await child.message.write(Buffer.from('first message\n'));
    await child.envelope.write(Buffer.from('first envelope\n'));
    expect((await finish(child)).status).toEqual({ code: 0 });
    await until(() => readFileSync(OUT, 'latin1').endsWith('envelope\n'));
    const file = program('cat >&6; cat <&1 >&6; exit 9', 'later');
    for (let at = 0; at < 80; at += 1) {
      const later = await start(spawner.spawn, { file });
      await later.message.write(Buffer.from(`message ${at}, `));
      await later.envelope.write(Buffer.from(`envelope ${at}`));
      const text = `message ${at}, envelope ${at}`;
      expect(await finish(later)).toEqual({ status: { code: 9 }, text });
    }
    expect(readFileSync(OUT, 'latin1')).toBe('first message\nfirst envelope\n');
  });

  it('takes the death of a shell for a failure of its child, and goes on with another', async () => {
    await open({ ordinary: sys.spawn });
    const { child, shell } = await lookAround();
    process.kill(shell, 'SIGKILL');
    expect((await finish(child)).status).toEqual({ signal: 'unknown' });
    const next = await lookAround();
    expect(next.shell).not.toBe(shell);
    expect((await finish(next.child)).status).toEqual({ code: 0 });
    process.kill(next.shell, 'SIGKILL');
    expect((await play(spawner.spawn, 'exit 5')).status).toEqual({ code: 5 });
  });

  it('takes what a shell cannot do the ordinary way', async () => {
    await open({ ordinary: sys.spawn });
    const env = { ...PLAIN, 'A.B': 'two\nlines' };
    const { text } = await play(spawner.spawn, 'cat /proc/$$/environ >&6', { env });
    expect(sorted(text)).toEqual(['', 'A.B=two\nlines', `LANG=${PLAIN.LANG}`, `PATH=${PLAIN.PATH}`]);
  });

  it('lets shells go that nobody needs, and keeps some', async () => {
    await open({ idleSeconds: 0.02 });
    const all = await Promise.all(Array.from({ length: 6 }, lookAround));
    const shells = all.map(({ shell }) => shell);
    expect(new Set(shells).size).toBe(6);
    for (const { child } of all) expect((await finish(child)).status).toEqual({ code: 0 });
    await until(() => shells.filter(isRunning).length === 2);
    expect((await play(spawner.spawn, 'exit 5')).status).toEqual({ code: 5 });
  });

  it('leaves nothing behind when it is closed, not before its children have ended', async () => {
    await open();
    const files = (): readonly string[] =>
      readdirSync('/dev/shm').filter((name) => name.startsWith(`.mvmtr-${process.pid}-`));
    const { child, shell } = await lookAround();
    const closed = spawner.close();
    expect(isRunning(shell)).toBe(true);
    await child.message.write(Buffer.from('exit 6\n'));
    expect((await finish(child)).status).toEqual({ code: 6 });
    await closed;
    expect([files(), isRunning(shell)]).toEqual([[], false]);
  });

  it.each<[string, string]>([
    ['is none', ''],
    ['says nothing', 'exit 0'],
    ['says other things', 'echo made it'],
    ['does not do as its script says', 'echo ready; exec cat'],
    ['has files for here-documents', 'echo ready; exec 3</etc/passwd; read -r go <&1; exec cat'],
    ['cannot change what it exports', 'script=$2; shift 2; exec sh -c "readonly OLDPWD; $script" "$@"'],
    ['does not pass all on', 'script=$2; shift 2; exec sh -c "$script" "$@" | sed -u s/runs/walks/'],
  ])('is no pool with a shell that %s', async (_, script) => {
    const shell = script === '' ? '/nonexistent' : program(script);
    await open({ shell: [shell], ordinary: sys.spawn });
    expect(spawner.handicap).toContain(shell);
    expect((await play(spawner.spawn, 'exit 4')).status).toEqual({ code: 4 });
  });

  it('says so when there are no processes to be had', async () => {
    await open({ ordinary: async () => ({ failure: 'exhausted', reason: 'EAGAIN' }) });
    const env = { ...PLAIN, 'A.B': '' };
    expect(await spawner.spawn({ file: '/bin/sh', cwd: '/', env })).toMatchObject({ failure: 'exhausted' });
  });

  afterEach(() => spawner.close());
});
