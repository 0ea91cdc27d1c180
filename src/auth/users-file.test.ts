// control/smtpusers: who is let in, and what is nobody's answer; and how the file is edited.

import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { userLine } from '../../test/support/users.ts';
import { userNames, withoutUser, withUser } from './users-edit.ts';
import { isUserLine, USERS_OCTETS, usersFile } from './users-file.ts';
import { isScram, isScrypt, makeScram, makeScrypt, parseScram, parseScrypt } from './verifiers.ts';

let scratch: string;
let path: string;
beforeAll(() => {
  scratch = scratchDirectory();
  path = join(scratch, 'smtpusers');
});
afterAll(() => removeDirectory(scratch));

const JOE = userLine('joe@example.com', 'secret').trimEnd();
const [, SCRYPT = '', SCRAM = ''] = /^[^:]*:([^:]*):(.*)$/.exec(JOE) ?? [];

const check = (text: string, user: string, password: string) => {
  writeFileSync(path, text, 'latin1');
  return usersFile(path).verifier.plain(user, password);
};

describe('a password', () => {
  it.each([
    ['both verifiers', `# users\n\n${JOE}\n`],
    ['scrypt alone', `joe@example.com:${SCRYPT}`],
    ['SCRAM alone', `joe@example.com:${SCRAM}\n`],
    ['the other order', `joe@example.com:${SCRAM}:${SCRYPT}\n`],
    ['others before and behind', `joe:${SCRYPT}\n${JOE}\nxjoe@example.com:rubbish\n`],
    ['the first of two lines', `${JOE}\njoe@example.com:${SCRYPT.replace('ln=10', 'ln=9')}\n`],
  ])('is right or wrong: %s', async (_, text) => {
    expect(await check(text, 'joe@example.com', 'secret')).toBe('yes');
    expect(await check(text, 'joe@example.com', 'Secret')).toBe('no');
  });

  it.each(['joe', 'JOE@example.com', 'joe@example.com:', '', '#', 'j\noe', `joe@example.com:${SCRYPT}`])(
    'of %j, who is not there, is wrong',
    async (user) => {
      expect(await check(`# ${JOE}\n${JOE}\n`, user, 'secret')).toBe('no');
    },
  );

  it.each([
    ['nothing', 'joe@example.com:'],
    ['plain text', 'joe@example.com:secret'],
    ['one that is broken', `${JOE}:x`],
    ['too many rounds', `joe@example.com:${SCRYPT.replace('ln=10', 'ln=21')}`],
    ['no blocks', `joe@example.com:${SCRYPT.replace(/r=\d+/, 'r=0')}`],
    ['more memory than can be', `joe@example.com:${SCRYPT.replace(/ln=10,r=\d+/, 'ln=20,r=9')}`],
    ['too many lanes', `joe@example.com:${SCRYPT.replace(/p=\d+/, 'p=17')}`],
    ['a hash that is soon guessed', `joe@example.com:${SCRYPT.replace(/[^$]+$/, 'aGFzaA')}`],
    ['a hash that is too long', `joe@example.com:${SCRYPT}${'A'.repeat(64)}`],
    ['SCRAM without a key', `joe@example.com:{SCRAM-SHA-256}4096,c2FsdA==,,`],
  ])('that is proved by %s is nobody’s answer', async (_, line) => {
    expect(await check(`${line}\n`, 'joe@example.com', 'secret')).toEqual({
      unavailable: expect.stringContaining('set the password again'),
    });
  });
});

describe('a file', () => {
  it.each<[string, () => void]>([
    ['that is missing', () => rmSync(path, { force: true })],
    ['that is a directory', () => mkdirSync(path)],
    ['that is too large', () => writeFileSync(path, '#'.repeat(USERS_OCTETS + 1))],
  ])('%s is nobody’s answer', async (_, make) => {
    rmSync(path, { recursive: true, force: true });
    make();
    const { verifier } = usersFile(path);
    expect(await verifier.plain('joe', 'x')).toEqual({ unavailable: expect.stringContaining(path) });
    expect(await verifier.scram?.('joe')).toEqual({ unavailable: expect.stringContaining(path) });
    rmSync(path, { recursive: true, force: true });
  });

  it('gives SCRAM its keys', async () => {
    writeFileSync(path, `${JOE}\nold:${SCRYPT}\n`);
    chmodSync(path, 0o600);
    const { verifier } = usersFile(path);
    expect(await verifier.scram?.('joe@example.com')).toEqual(parseScram(SCRAM));
    expect(await verifier.scram?.('old')).toBeNull();
    expect(await verifier.scram?.('nobody')).toBeNull();
  });

  it('salts unknown users alike for as long as its first user stays', () => {
    const { fakeSaltKey } = usersFile(path);
    writeFileSync(path, `# first\n${JOE}\n`);
    const before = fakeSaltKey();
    writeFileSync(path, `# other\n${JOE}\nother:${SCRYPT}\n`);
    expect(fakeSaltKey()).toBe(before);
    expect(before).toHaveLength(32);
  });
});

describe('what stands for a password', () => {
  it('is made and found right', async () => {
    const scrypt = parseScrypt(await makeScrypt('p\xe4ssword'));
    const scram = parseScram(await makeScram('p\xe4ssword'));
    expect(scrypt && (await isScrypt('p\xe4ssword', scrypt))).toBe(true);
    expect(scrypt && (await isScrypt('password', scrypt))).toBe(false);
    expect(scram && (await isScram('p\xe4ssword', scram))).toBe(true);
    expect(scram && (await isScram('password', scram))).toBe(false);
    expect(scrypt).toMatchObject({ logRounds: 15, blocks: 8, lanes: 1 });
    expect(scram).toMatchObject({ iterations: 10_000 });
  });

  it('is never the same twice', async () => {
    expect(await makeScrypt('x')).not.toBe(await makeScrypt('x'));
    expect(await makeScram('x')).not.toBe(await makeScram('x'));
  });
});

describe('editing', () => {
  const TEXT = `# users\na:1\n\nb:2:3\n# c:4\n`;

  it.each([
    ['a', '# users\na:n:m\n\nb:2:3\n# c:4\n'],
    ['b', '# users\na:1\n\nb:n:m\n# c:4\n'],
    ['c', `${TEXT}c:n:m\n`],
  ])('sets %s', (name, text) => expect(withUser(TEXT, name, ['n', 'm'])).toBe(text));

  it('begins a file, and ends a last line', () => {
    expect(withUser('', 'a', ['1'])).toBe('a:1\n');
    expect(withUser('b:2', 'a', ['1'])).toBe('b:2\na:1\n');
  });

  it('takes away', () => {
    expect(withoutUser(TEXT, 'b')).toBe('# users\na:1\n\n# c:4\n');
    expect(withoutUser(TEXT, 'c')).toBeNull();
  });

  it('lists', () => expect(userNames(TEXT)).toEqual(['a', 'b']));

  it.each([
    [JOE, true],
    ['joe', false],
    [':x', false],
    [' joe:x', false],
    [`#${JOE}`, false],
    ['joe:secret', false],
  ])('knows whether %j is a user', (line, isOne) => expect(isUserLine(line)).toBe(isOne));
});
