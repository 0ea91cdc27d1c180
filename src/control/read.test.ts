// Reading a whole control directory in both syntaxes: what is there, what is missing (null), and what exists
// but cannot be read (a fault that names the file). The syntaxes themselves are in syntax.test.ts. Homes live
// in a scratch directory that is removed.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../test/support/home.ts';
import { homeWith } from '../../test/tools/control-home.ts';
import { writeCdb } from './cdb-write.ts';
import type { ControlSyntax, Controls } from './controls.ts';
import { textFilesOf } from './files.ts';
import { isFault, readControls } from './read.ts';
import { CONTROL_TABLE, controlsOf } from './table.ts';

let scratch: string;
beforeAll(() => {
  scratch = scratchDirectory();
});
afterAll(() => removeDirectory(scratch));

function read(home: string, syntax: ControlSyntax): Controls {
  const controls = readControls(home, syntax);
  if (isFault(controls)) throw new Error(`${controls.file}: ${controls.reason}`);
  return controls;
}

const NOTHING: Controls = {
  me: null,
  smtpgreeting: null,
  localiphost: null,
  timeoutsmtpd: null,
  timeouthelo: null,
  timeoutcommand: null,
  timeoutdata: null,
  rcpthosts: null,
  morercpthosts: null,
  badmailfrom: null,
  databytes: null,
  smtpauth: null,
  has: { 'servercert.pem': false, smtpusers: false },
};

const FILES = {
  me: '# name\nmx.example.com\n',
  smtpgreeting: 'one\n\n# two\nthree\n',
  localiphost: 'example.com \nexample.org\n',
  timeoutsmtpd: '100 s\n',
  timeouthelo: '20\n',
  timeoutcommand: '30\n',
  timeoutdata: '40\n',
  rcpthosts: '# ours\nexample.com\\\n.org\n',
  badmailfrom: '\\#x@example.net\n',
  databytes: '1000\n',
  smtpauth: 'file users \nfile\n',
};

const SYNTAXES: readonly ControlSyntax[] = ['qmail', 'extended'];

describe.each(SYNTAXES)('%s syntax', (syntax) => {
  it('takes every missing file for null', () => {
    const home = homeWith(scratch, {});
    expect(read(home, syntax)).toEqual(NOTHING);
  });

  it('takes a home without a control directory for one without controls', () => {
    const home = homeWith(scratch, {});
    expect(read(join(home, 'control'), syntax)).toEqual(NOTHING);
  });

  it('does not take a missing home for one without controls', () => {
    const home = join(scratch, 'nowhere');
    expect(readControls(home, syntax)).toEqual({ fault: 'control', file: home, reason: 'ENOENT' });
  });

  it('has a fault where the home is a file', () => {
    const home = join(scratch, `${syntax}-file`);
    writeFileSync(home, '');
    expect(readControls(home, syntax)).toEqual({
      fault: 'control',
      file: `${home}/control/me`,
      reason: 'ENOTDIR',
    });
  });

  it.each(
    controlsOf(syntax)
      .filter((row) => row.kind !== 'cdb' && !row.later)
      .map((row) => row.file),
  )('has a fault when %s is a directory', (file) => {
    const home = homeWith(scratch, { me: 'mx.example.com\n', [file]: null });
    expect(readControls(home, syntax)).toEqual({
      fault: 'control',
      file: `${home}/control/${file}`,
      reason: 'EISDIR',
    });
  });

  it('has a fault when a file cannot be opened', () => {
    const home = homeWith(scratch, {});
    symlinkSync('smtpgreeting', join(home, 'control/smtpgreeting'));
    expect(readControls(home, syntax)).toMatchObject({ fault: 'control', reason: 'ELOOP' });
  });

  it('takes a link to nowhere for a missing file', () => {
    const home = homeWith(scratch, {});
    symlinkSync('elsewhere', join(home, 'control/me'));
    expect(read(home, syntax).me).toBeNull();
  });

  it('opens the database only beside rcpthosts', () => {
    const home = homeWith(scratch, {});
    const path = join(home, 'control/morercpthosts.cdb');
    writeCdb(path, [['more.example', '']]);
    expect(read(home, syntax).morercpthosts).toBeNull();
    writeFileSync(join(home, 'control/rcpthosts'), '');
    const { rcpthosts, morercpthosts } = read(home, syntax);
    expect(rcpthosts).toEqual([]);
    expect(morercpthosts?.path).toBe(path);
    expect(morercpthosts?.find('more.example')).toEqual({ kind: 'found', value: '' });
    morercpthosts?.close();
  });

  it('opens a database that is a directory, and cannot read in it', () => {
    const home = homeWith(scratch, { rcpthosts: '' });
    mkdirSync(join(home, 'control/morercpthosts.cdb'));
    const { morercpthosts } = read(home, syntax);
    expect(morercpthosts?.find('a')).toEqual({ kind: 'broken', reason: 'EISDIR' });
    morercpthosts?.close();
  });

  it('has a fault when the database cannot be opened', () => {
    const home = homeWith(scratch, { rcpthosts: '' });
    symlinkSync('morercpthosts.cdb', join(home, 'control/morercpthosts.cdb'));
    expect(readControls(home, syntax)).toMatchObject({
      file: `${home}/control/morercpthosts.cdb`,
      reason: 'ELOOP',
    });
  });
});

describe('the values', () => {
  it('in qmail syntax', () => {
    expect(read(homeWith(scratch, FILES), 'qmail')).toEqual({
      ...NOTHING,
      me: '# name',
      smtpgreeting: ['one'],
      localiphost: 'example.com',
      timeoutsmtpd: 100,
      rcpthosts: ['example.com\\', '.org'],
      badmailfrom: ['\\#x@example.net'],
      databytes: 1000,
      smtpauth: 'file users',
    });
  });

  it('in extended syntax', () => {
    expect(read(homeWith(scratch, FILES), 'extended')).toEqual({
      me: 'mx.example.com',
      smtpgreeting: ['one', 'three'],
      localiphost: 'example.com',
      timeoutsmtpd: 100,
      timeouthelo: 20,
      timeoutcommand: 30,
      timeoutdata: 40,
      rcpthosts: ['example.com.org'],
      morercpthosts: null,
      badmailfrom: ['#x@example.net'],
      databytes: 1000,
      smtpauth: 'file users',
      has: NOTHING.has,
    });
  });

  it('of empty files', () => {
    const empty = Object.fromEntries(Object.keys(FILES).map((file) => [file, '']));
    const lists = { rcpthosts: [], badmailfrom: [] };
    const home = homeWith(scratch, empty);
    expect(read(home, 'qmail')).toEqual({
      ...NOTHING,
      ...lists,
      me: '',
      smtpgreeting: [''],
      localiphost: '',
      smtpauth: '',
    });
    expect(read(home, 'extended')).toEqual({ ...NOTHING, ...lists, smtpgreeting: [] });
  });
});

it('has a row for every control', () => {
  const { has, ...read } = NOTHING;
  const names = CONTROL_TABLE.map((row) => row.file.replace(/\.cdb$/, ''));
  expect(names).toEqual(expect.arrayContaining([...Object.keys(read), ...Object.keys(has)]));
});

it.each(SYNTAXES)('reads what the table says, in the %s syntax', (syntax) => {
  const rows = controlsOf(syntax).filter((row) => row.kind !== 'cdb' && !row.later);
  expect(textFilesOf(syntax)).toEqual(rows.map((row) => row.file));
});

it('knows which of the others are there', () => {
  const home = homeWith(scratch, { me: 'mx.example.com\n', 'servercert.pem': '', smtpusers: null });
  expect(read(home, 'qmail').has).toEqual({ 'servercert.pem': true, smtpusers: true });
});
