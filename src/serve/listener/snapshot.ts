// What sessions go by: control files, rules, and the file of access rules, read at one moment. A new snapshot is taken
// whole or not at all, and a session keeps to the end the one it began with; its descriptors are closed after the last.

import type { TlsFiles } from '../../tls/index.ts';
import { type Prepared, prepare, type ServerSetting } from '../configure.ts';
import type { LoadedRules } from '../rules/index.ts';
import { ruledBy } from '../services.ts';
import { startFileOf } from '../start-file.ts';
import { openRulesFile, type RulesFile } from './rules-file.ts';

const loadRules = () => import('../rules/index.ts');

type Rules = Awaited<ReturnType<typeof loadRules>>;

export interface SnapshotSource extends ServerSetting {
  readonly version: string;
  /** -C; null for the usual one, if it is there. */
  readonly startFile: string | null;
  /** -x; null without rules of access. */
  readonly access: { readonly path: string; readonly mayBeMissing: boolean } | null;
}

export interface Snapshot {
  readonly prepared: Prepared;
  /** For clients who begin with TLS, before whom no rule can have spoken but `init`; null: there is no certificate. */
  readonly tlsFiles: TlsFiles | null;
  readonly rules: {
    readonly program: Extract<LoadedRules, { program: unknown }>['program'];
    readonly openPolicy: Rules['openPolicy'];
  } | null;
  readonly access: RulesFile | null;
  /** One more session goes by it. */
  hold(): void;
  /** One session less. */
  release(): void;
  /** No session begins with it any more. */
  retire(): void;
}

export async function takeSnapshot(source: SnapshotSource): Promise<Snapshot | { readonly problem: string }> {
  const prepared = prepare(source);
  if ('fault' in prepared) return { problem: `${prepared.file}: ${prepared.reason}` };
  const rules = await rulesOf(source);
  if (rules !== null && 'problem' in rules) {
    prepared.close();
    return rules;
  }
  const { access } = source;
  return counted({
    prepared,
    rules,
    tlsFiles: await tlsFilesOf(source, prepared, rules),
    access: access === null ? null : openRulesFile(access.path, access),
  });
}

// What is wrong with `init` is told by the sessions, each of which runs it.
async function tlsFilesOf(
  { home, version }: SnapshotSource,
  prepared: Prepared,
  rules: Snapshot['rules'],
): Promise<TlsFiles | null> {
  if (rules === null) return prepared.tlsFiles;
  const config = prepared.forClient({});
  const { controls } = config;
  const quiet = (): void => {};
  const opened = await rules.openPolicy(rules.program, {
    home: home ?? '.',
    config,
    controls,
    env: {},
    version,
    now: Date.now,
    log: quiet,
  });
  if ('problem' in opened) return prepared.tlsFiles;
  opened.close();
  return ruledBy({ ...config, tls: prepared.tlsFiles }, opened).tls;
}

// Whatever goes wrong, there are no rules then, and no snapshot without them.
async function rulesOf({
  home,
  startFile,
}: SnapshotSource): Promise<Snapshot['rules'] | { readonly problem: string }> {
  const path = startFileOf(home, startFile);
  if (path === null) return null;
  try {
    const { loadProgram, openPolicy } = await loadRules();
    const loaded = await loadProgram(path);
    if ('problem' in loaded) return { problem: `${path}: ${loaded.problem}` };
    return { program: loaded.program, openPolicy };
  } catch (error) {
    return { problem: `${path}: ${String((error as Error | null)?.message ?? error)}` };
  }
}

function counted(parts: Pick<Snapshot, 'prepared' | 'tlsFiles' | 'rules' | 'access'>): Snapshot {
  const { prepared, access } = parts;
  let sessions = 0;
  let retired = false;
  const closeIfDone = (): void => {
    if (!retired || sessions > 0) return;
    prepared.close();
    access?.close();
  };
  return {
    ...parts,
    hold() {
      sessions += 1;
    },
    release() {
      sessions -= 1;
      closeIfDone();
    },
    retire() {
      retired = true;
      closeIfDone();
    },
  };
}
