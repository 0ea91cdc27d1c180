// The sample control files: there is one for each row of the control table, it says what it is about, and it
// means what it says when a session reads it. The stock profile cannot read most of them, and the check must
// say so.

import { chmodSync, copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/commands/check.ts';
import { runNewmrh } from '../../src/cli/commands/newmrh.ts';
import { CONTROL_TABLE, type ControlRow, isFault, readControls } from '../../src/control/index.ts';
import { removeDirectory, scratchDirectory } from '../support/home.ts';
import { homeWith } from './control-home.ts';

const SAMPLES = fileURLToPath(new URL('../../control-samples/', import.meta.url));

/** The samples of rules have tests of their own. */
const sampleFiles = (): string[] => readdirSync(SAMPLES).filter((name) => name !== 'rules');
const ROWS: readonly ControlRow[] = CONTROL_TABLE;

let scratch: string;
let home: string;
beforeAll(() => {
  scratch = scratchDirectory();
  home = homeWith(scratch, {});
  // Those of certificates have none in them, because a private key is nobody's sample.
  const isPem = (file: string): boolean => ROWS.some((row) => row.file === file && row.kind === 'pem');
  for (const file of sampleFiles().filter((each) => !isPem(each)))
    copyFileSync(join(SAMPLES, file), join(home, 'control', file));
  chmodSync(join(home, 'control/smtpusers'), 0o600);
  const failed: string[] = [];
  expect(runNewmrh(home, { out: () => {}, err: (text) => failed.push(text) })).toBe(0);
  expect(failed).toEqual([]);
});
afterAll(() => removeDirectory(scratch));

describe('the samples', () => {
  it('are there for every control, and for nothing else', () => {
    const names = ROWS.map((row) => row.source ?? row.file);
    expect(sampleFiles().sort()).toEqual([...names].sort());
  });

  it('have the values they speak of', () => {
    const controls = readControls(home, 'extended');
    if (isFault(controls)) throw new Error(controls.file);
    const { morercpthosts, ...values } = controls;
    expect(values).toEqual({
      me: 'mx.example.com',
      smtpgreeting: ['Mail for example.com and its friends.', '# Bulk mail is not welcome here.'],
      localiphost: 'example.com',
      timeoutsmtpd: 300,
      timeouthelo: 120,
      timeoutcommand: 300,
      timeoutdata: 600,
      rcpthosts: ['example.com', '.example.com', 'example.org'],
      badmailfrom: ['spammer@example.invalid', '@bulk.invalid', '#1@example.invalid'],
      databytes: 20_000_000,
      smtpauth: 'file',
      has: { 'servercert.pem': false, smtpusers: true },
    });
    const keys = ['example.net', '.lists.example.net', 'example.com'];
    expect(keys.map((key) => morercpthosts?.find(key).kind)).toEqual(['found', 'found', 'absent']);
    morercpthosts?.close();
  });

  it('pass the check', () => {
    const { findings } = check({ home, profile: 'mvmtr', environment: { QMAILQUEUE: '/bin/sh' } });
    expect(findings.filter((each) => each.severity !== 'note')).toEqual([]);
  });

  it.each(ROWS.map((row) => row.source ?? row.file))(
    '%s names itself and says what a missing file means',
    (file) => {
      const text = readFileSync(join(SAMPLES, file), 'latin1');
      expect(text.startsWith(`# ${file}: `)).toBe(true);
      expect(text).toMatch(/\n# Missing: /);
      expect(text).toMatch(/stock profile|both profiles/);
    },
  );

  const hasComments: readonly ControlRow['kind'][] = ['cdb', 'list', 'pem', 'users'];
  it.each(ROWS.filter((row) => !hasComments.includes(row.kind) && row.missing.stock !== null))(
    'the check of the stock profile finds the comments of $file',
    ({ file }) => {
      const { findings } = check({ home, profile: 'stock', environment: {} });
      const about = findings.filter((each) => each.file === `${home}/control/${file}` && each.line === 1);
      expect(about.map((each) => each.what)).toContainEqual(expect.stringContaining('taken literally'));
    },
  );
});
