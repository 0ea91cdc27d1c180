// Snapshots of real directories: taken whole or not at all, with nothing left open when it is not at all, and closed after the last
// session that goes by them and not before.

import { mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDirectory, scratchDirectory } from '../../../test/support/home.ts';
import { decisionAtRcpt } from '../../../test/support/policy.ts';
import { writeRulesCdb } from '../../../test/support/rules-cdb.ts';
import { type ControlFiles, homeWith } from '../../../test/tools/control-home.ts';
import { writeCdb } from '../../control/index.ts';
import { MVMTR, STOCK } from '../../session/index.ts';
import { type Snapshot, type SnapshotSource, takeSnapshot } from './snapshot.ts';

let scratch = '';
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => removeDirectory(scratch));

const FILES: ControlFiles = { me: 'mx.example.com\n', rcpthosts: 'example.com\n' };

function source(files: ControlFiles = FILES, more: Partial<SnapshotSource> = {}): SnapshotSource {
  const home = homeWith(scratch, files);
  return { profile: MVMTR, home, startFile: null, access: null, version: 'test', ...more };
}

/** A home whose morercpthosts.cdb has one host. */
function withDatabase(more: ControlFiles = {}): SnapshotSource {
  const made = source({ ...FILES, ...more });
  writeCdb(join(made.home as string, 'control/morercpthosts.cdb'), [['example.net', '']]);
  return made;
}

async function taken(from: SnapshotSource): Promise<Snapshot> {
  const snapshot = await takeSnapshot(from);
  if ('problem' in snapshot) throw new Error(snapshot.problem);
  return snapshot;
}

/** Files below the scratch directory that this process has open. */
function open(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(scratch) ? [path.slice(path.lastIndexOf('/') + 1)] : [];
    } catch {
      return []; // the directory that is being read
    }
  });
}

const accepts = ({ prepared }: Snapshot, recipient: string): boolean =>
  decisionAtRcpt(prepared.forClient({}).policy, recipient).kind === 'proceed';

describe('is taken', () => {
  it('of control files alone', async () => {
    const snapshot = await taken(source());
    expect(snapshot).toMatchObject({ rules: null, access: null });
    expect(snapshot.prepared.forClient({}).hostName).toBe('mx.example.com');
  });

  it('with the usual start file, or the one that was asked for', async () => {
    const rules = 'hook connect { reject "no"; }';
    const usual = await taken(source({ ...FILES, 'mvmtr.mfl': rules }));
    expect(usual.rules).not.toBeNull();
    const asked = join(scratch, 'asked.mfl');
    writeFileSync(asked, rules);
    expect((await taken(source(FILES, { startFile: asked }))).rules).not.toBeNull();
  });

  it('with rules of access', async () => {
    const path = join(scratch, 'tcp.cdb');
    writeRulesCdb(path, [['192.0.2.', { deny: true }]]);
    const { access } = await taken(source(FILES, { access: { path, mayBeMissing: false } }));
    const client = { ip: '192.0.2.1', host: null, info: null };
    expect(access?.verdict(client)).toEqual({ kind: 'deny' });
    access?.close();
  });

  it('with rules of access that are not there yet', async () => {
    const path = join(scratch, 'missing.cdb');
    const verdict = async (mayBeMissing: boolean) =>
      (await taken(source(FILES, { access: { path, mayBeMissing } }))).access?.verdict({
        ip: null,
        host: null,
        info: null,
      }).kind;
    expect([await verdict(true), await verdict(false)]).toEqual(['allow', 'broken']);
  });
});

describe('is not taken, with a reason and nothing left open', () => {
  it.each<[string, ControlFiles, RegExp]>([
    ['a control file that cannot be read', { databytes: null }, /control\/databytes: /],
    [
      'rules that do not compile',
      { 'mvmtr.mfl': 'hook frob { }' },
      /^[^:]+\/control\/mvmtr\.mfl: mvmtr\.mfl:1:1: error: no hook is called 'frob'/,
    ],
    ['rules that cannot be read', { 'mvmtr.mfl': null }, /^[^:]+\/control\/mvmtr\.mfl: it is a directory$/],
  ])('because of %s', async (_, files, problem) => {
    const result = await takeSnapshot(withDatabase(files));
    expect(result).toEqual({ problem: expect.stringMatching(problem) });
    expect(open()).toEqual([]);
  });

  it('because of a start file that leads nowhere: somebody wanted rules', async () => {
    const from = withDatabase();
    symlinkSync('/nowhere', join(from.home as string, 'control/mvmtr.mfl'));
    expect(await takeSnapshot(from)).toEqual({ problem: expect.stringContaining('mvmtr.mfl') });
    expect(open()).toEqual([]);
  });

  it('because stock has no name', async () => {
    expect(await takeSnapshot(source({}, { profile: STOCK }))).toEqual({
      problem: expect.stringMatching(/control\/me: missing/),
    });
  });
});

describe('its descriptors', () => {
  it('are closed when it is retired and nobody goes by it', async () => {
    const snapshot = await taken(withDatabase());
    expect(open()).toEqual(['morercpthosts.cdb']);
    snapshot.hold();
    snapshot.release();
    expect(open()).toEqual(['morercpthosts.cdb']);
    snapshot.retire();
    expect(open()).toEqual([]);
  });

  it('are closed after the last session, which still finds everything', async () => {
    const path = join(scratch, 'tcp.cdb');
    writeRulesCdb(path, []);
    const snapshot = await taken({ ...withDatabase(), access: { path, mayBeMissing: false } });
    snapshot.hold();
    snapshot.hold();
    snapshot.access?.verdict({ ip: null, host: null, info: null });
    expect([...open()].sort()).toEqual(['morercpthosts.cdb', 'tcp.cdb']);
    snapshot.retire();
    snapshot.release();
    expect(accepts(snapshot, 'user@example.net')).toBe(true);
    expect(open()).toHaveLength(2);
    snapshot.release();
    expect(open()).toEqual([]);
  });

  it('are its own: the next snapshot has others', async () => {
    const from = withDatabase();
    const [one, other] = [await taken(from), await taken(from)];
    one.retire();
    expect(open()).toEqual(['morercpthosts.cdb']);
    expect(accepts(other, 'user@example.net')).toBe(true);
    other.retire();
    expect(open()).toEqual([]);
  });
});

it('is of one moment: what changes later does not show', async () => {
  const from = withDatabase();
  const control = join(from.home as string, 'control');
  const before = await taken(from);
  writeFileSync(join(control, 'rcpthosts'), 'example.org\n');
  writeCdb(join(control, 'morercpthosts.cdb'), []);
  mkdirSync(join(control, 'badmailfrom'));
  expect(
    ['user@example.com', 'user@example.net', 'user@example.org'].map((to) => accepts(before, to)),
  ).toEqual([true, true, false]);
  expect(await takeSnapshot(from)).toEqual({ problem: expect.stringContaining('badmailfrom') });
  before.retire();
});
