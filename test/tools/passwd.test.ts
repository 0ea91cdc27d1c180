// `mvmtr passwd`: what becomes of control/smtpusers, and what is no user or password. On both builds it reads standard input and can be
// told apart from a session.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usersFile } from '../../src/auth/users-file.ts';
import { type PasswdRequest, runPasswd } from '../../src/cli/commands/passwd.ts';
import { describeBuilds } from '../support/builds.ts';
import { captured } from '../support/captured.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';

let scratch: string;
let file: string;
beforeAll(() => {
  scratch = scratchDirectory();
  file = join(scratch, 'smtpusers');
});
afterAll(() => removeDirectory(scratch));

async function run(
  request: Partial<PasswdRequest>,
  password: string | null = 'secret',
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const { output, printed } = captured();
  const code = await runPasswd({ file, user: 'joe', action: 'set', ...request }, output, () => password);
  const { out, err } = printed();
  return { code, out, err: err.replaceAll(scratch, 'DIR') };
}

const checks = (user: string, password: string) => usersFile(file).verifier.plain(user, password);

describe('mvmtr passwd', () => {
  it('makes the file, and says who has to read it', async () => {
    expect(await run({})).toEqual({
      code: 0,
      out: '',
      err: 'mvmtr passwd: made DIR/smtpusers; the user that sessions run as has to be able to read it\n',
    });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(await checks('joe', 'secret')).toBe('yes');
  });

  it('changes a password, and nothing else', async () => {
    writeFileSync(file, `# ours\n${readFileSync(file, 'utf8')}\nother:x\n`);
    chmodSync(file, 0o600);
    expect(await run({}, 'new')).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(file, 'utf8')).toMatch(
      /^# ours\njoe:\$scrypt\$[^\n]*:\{SCRAM-SHA-256\}[^\n]*\n\nother:x\n$/,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await checks('joe', 'secret')).toBe('no');
    expect(await checks('joe', 'new')).toBe('yes');
    expect(readdirSync(scratch)).toEqual(['smtpusers']);
  });

  it('lists users, and takes one away', async () => {
    expect(await run({ action: 'list', user: null })).toEqual({ code: 0, out: 'joe\nother\n', err: '' });
    expect(await run({ action: 'delete', user: 'other' })).toEqual({ code: 0, out: '', err: '' });
    expect(await run({ action: 'delete', user: 'other' })).toEqual({
      code: 1,
      out: '',
      err: 'mvmtr passwd: there is no user other\n',
    });
    expect(await run({ action: 'list', user: null })).toEqual({ code: 0, out: 'joe\n', err: '' });
  });

  it.each(['', 'a:b', '#a', ' a', 'a\nb', 'x'.repeat(256)])('does not take %j for a user', async (user) => {
    const before = readFileSync(file, 'utf8');
    expect(await run({ user })).toMatchObject({ code: 1, err: expect.stringContaining('a user is named') });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each(['', 'a\0b', 'x'.repeat(1025)])('does not take such a password: %j', async (password) => {
    expect(await run({}, password)).toMatchObject({
      code: 1,
      err: 'mvmtr passwd: a password has from 1 to 1024 octets, none of them NUL\n',
    });
  });

  it('changes nothing when the two are not the same', async () => {
    expect(await run({}, null)).toMatchObject({ code: 1, err: expect.stringContaining('not the same') });
    expect(await checks('joe', 'new')).toBe('yes');
  });

  it('stands back for another one that is at work', async () => {
    writeFileSync(`${file}.tmp`, '');
    expect(await run({})).toEqual({
      code: 111,
      out: '',
      err: 'mvmtr passwd: cannot write DIR/smtpusers: another one is at work; if none is, remove DIR/smtpusers.tmp\n',
    });
    expect(existsSync(`${file}.tmp`)).toBe(true);
    rmSync(`${file}.tmp`);
  });

  it('does not undo what somebody else has changed meanwhile', async () => {
    const before = readFileSync(file, 'utf8');
    const { output, printed } = captured();
    const code = await runPasswd({ file, user: 'joe', action: 'set' }, output, () => {
      writeFileSync(file, `${before}# another hand\n`);
      return 'newest';
    });
    expect(code).toBe(111);
    expect(printed().err).toContain('another one has changed it meanwhile');
    expect(readFileSync(file, 'utf8')).toBe(`${before}# another hand\n`);
    expect(existsSync(`${file}.tmp`)).toBe(false);
  });

  it('loses none of many at once: each is written, or told that it is not', async () => {
    const many = join(scratch, 'many');
    const users = ['a', 'b', 'c'];
    const codes = await Promise.all(users.map(async (user) => (await run({ file: many, user })).code));
    const written = users.filter((_, at) => codes[at] === 0);
    expect(written).not.toEqual([]);
    const { output, printed } = captured();
    await runPasswd({ file: many, user: null, action: 'list' }, output);
    expect(printed().out.trimEnd().split('\n').sort()).toEqual(written);
    rmSync(many);
  });

  it('leaves a link, and changes what it leads to', async () => {
    mkdirSync(join(scratch, 'elsewhere'));
    const target = join(scratch, 'elsewhere/users');
    const link = join(scratch, 'link');
    writeFileSync(target, '', { mode: 0o600 });
    symlinkSync(target, link);
    expect(await run({ file: link })).toEqual({ code: 0, out: '', err: '' });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toMatch(/^joe:/);
    expect(readdirSync(join(scratch, 'elsewhere'))).toEqual(['users']);
  });

  it('says what it cannot read or write', async () => {
    const directory = join(scratch, 'directory');
    mkdirSync(directory);
    expect(await run({ file: directory })).toMatchObject({
      code: 111,
      err: expect.stringContaining('cannot read'),
    });
    expect(await run({ file: join(scratch, 'no/users') })).toMatchObject({
      code: 111,
      err: expect.stringContaining('cannot write'),
    });
  });
});

describeBuilds('mvmtr passwd', (build) => {
  it('takes the first line of standard input, and nothing from the command line', async () => {
    const home = join(scratch, `home-${build.name}`);
    mkdirSync(join(home, 'control'), { recursive: true });
    const mvmtr = (args: readonly string[], input: string) =>
      spawnSync(build.mvmtr, ['passwd', '--qmail-home', home, ...args], { input, encoding: 'utf8' });
    expect(mvmtr(['j\u00f6'], 'geh eim\r\nmore\n').status).toBe(0);
    const { verifier } = usersFile(join(home, 'control/smtpusers'));
    const name = Buffer.from('j\u00f6').toString('latin1');
    expect(await verifier.plain(name, 'geh eim')).toBe('yes');
    expect(mvmtr(['--list'], '').stdout).toBe('j\u00f6\n');
    expect(mvmtr([], '').status).toBe(2);
    expect(mvmtr(['joe', 'secret'], 'x\n').status).toBe(2);
  });
});
