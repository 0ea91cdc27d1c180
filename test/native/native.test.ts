// The compiled executable: one file under two names, and compiled the way that makes it start fast. The name it is
// called by decides what it is, however that name came to be; asking for the version tells the two apart.

import { spawnSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile, findBun } from '../../src/build/bun.mjs';
import { missingFiles, nativeBuild } from '../support/builds.ts';
import { present } from '../support/needs.ts';

const native = present(missingFiles(nativeBuild));

// Beside the executable, because a hard link cannot leave its file system.
let directory: string;
let home: string;

native.describe('the compiled executable', () => {
  beforeAll(() => {
    directory = mkdtempSync(join(dirname(nativeBuild.mvmtr), '.test-'));
    home = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
    mkdirSync(join(home, 'control'));
    writeFileSync(join(home, 'control/me'), 'mx.example\n');
    writeFileSync(join(home, 'control/rcpthosts'), 'mx.example\n');
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  });

  const ways = {
    'hard link': linkSync,
    'symbolic link': symlinkSync,
    copy: (from: string, to: string) => copyFileSync(from, to, constants.COPYFILE_FICLONE),
  };

  it.each(Object.entries(ways))('knows its name through a %s', (title, make) => {
    const folder = join(directory, title);
    mkdirSync(folder);
    for (const name of ['qmail-smtpd', 'mvmtr']) make(nativeBuild.mvmtr, join(folder, name));
    expect(answerOf(join(folder, 'mvmtr'))).toMatch(/^mvmtr \d+\.\d+\.\d+\n$/);
    expect(answerOf(join(folder, 'qmail-smtpd'))).toMatch(/^220 mx\.example /);
  });

  it('knows its name when it is found in PATH', () => {
    expect(answerOf('qmail-smtpd', dirname(nativeBuild.qmailSmtpd))).toMatch(/^220 mx\.example /);
    expect(answerOf('mvmtr', dirname(nativeBuild.mvmtr))).toMatch(/^mvmtr /);
  });

  it('takes its settings from nowhere but the command line and the qmail directory', () => {
    writeFileSync(join(home, '.env'), 'RELAYCLIENT=\n');
    writeFileSync(join(home, 'bunfig.toml'), 'preload = ["./preload.js"]\n');
    writeFileSync(join(home, 'preload.js'), 'require("fs").writeSync(1, "preloaded");\n');
    const { stdout } = spawnSync(nativeBuild.qmailSmtpd, {
      cwd: home,
      env: { QMAIL_HOME: home },
      input: 'MAIL FROM:<>\r\nRCPT TO:<a@elsewhere.example>\r\nQUIT\r\n',
      encoding: 'utf8',
    });
    expect(stdout.split('\r\n').map((line) => line.slice(0, 3))).toEqual(['220', '250', '553', '221', '']);
  });
});

/** What a program says when it is asked for its version and its client has left already. */
function answerOf(program: string, path = ''): string {
  const { stdout } = spawnSync(program, ['-V'], {
    env: { PATH: path, QMAIL_HOME: home },
    input: '',
    encoding: 'utf8',
  });
  return stdout;
}

const bun = findBun();

present(bun === null ? ['bun'] : []).it('the compiler refuses an executable without bytecode', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'mvmtr-test-'));
  try {
    const [without, with_] = ['without.cjs', 'with.cjs'].map((name) => join(scratch, name)) as [
      string,
      string,
    ];
    writeFileSync(without, 'globalThis.started = true;\n');
    writeFileSync(with_, "require('node:fs');\n");
    const outfile = join(scratch, 'out');
    expect(() => compile({ bun, files: [without], outfile })).toThrow(/bytecode/);
    expect(() => compile({ bun, files: [with_], outfile })).not.toThrow();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
