// Runs a piece of Sieve for the tests beside it: parsed, not checked, every capability in force. A test that holds shows by what the
// script then does, so that tests read as Sieve.

import { CAPABILITIES } from '../commands/index.ts';
import { installSieve, type MainRun, runMain } from '../interpreter/index.ts';
import { SIEVE_PART } from '../interpreter/sieve-commands.ts';
import type { StatementNode } from '../language/ast.ts';
import { lineStarts, parse } from '../language/index.ts';
import type { MainScript, Program } from '../program.ts';
import type { Answer, HeaderField, HookInput, Value } from '../runtime.ts';
import { installRegex } from './engine.ts';
import { readBody } from './mime.ts';
import { readFields } from './mime-structure.ts';
import { compileRegex } from './regex.ts';

installRegex(compileRegex);
installSieve(SIEVE_PART);

export interface World {
  /** Octet string with LF line ends. */
  readonly message?: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly properties?: Readonly<Record<string, Value>>;
  readonly known?: Readonly<Record<string, Answer>>;
  readonly now?: number;
  readonly included?: Readonly<Record<string, string>>;
}

function mainScript(text: string, file: number): MainScript {
  const { script, problems } = parse({ name: 'test.sieve', text, dialect: 'sieve' });
  if (script === null) throw new Error(`${text}: ${problems[0]?.message}`);
  const block = script.items.filter((item): item is StatementNode => item.node === 'command');
  return { file, capabilities: [...CAPABILITIES.keys()], interpolates: true, block };
}

export function programFor(text: string, included: Readonly<Record<string, string>> = {}): Program {
  const scripts = Object.entries(included).map(([key, source]) => [key, mainScript(source, 0)] as const);
  return {
    version: 1,
    files: [{ name: 'test.sieve', lines: lineStarts(text), digest: '' }],
    hooks: {},
    functions: {},
    globals: [],
    main: mainScript(text, 0),
    included: Object.fromEntries(scripts),
    needs: { headers: true, message: true, body: true },
  };
}

export async function inputFor(world: World): Promise<HookInput> {
  const octets = (world.message ?? '').replace(/\r?\n/g, '\r\n');
  const [header = ''] = octets.split('\r\n\r\n');
  const fields: readonly HeaderField[] = readFields(header);
  const known = new Map(Object.entries(world.known ?? {}));
  known.set('body', { ok: true, value: await readBody(octets) });
  return {
    hook: 'message',
    arguments: [],
    properties: (name) => world.properties?.[name],
    message: { fields, size: octets.length },
    envelope: { from: world.from ?? 'sender@example.net', to: world.to ?? ['rcpt@example.org'] },
    known,
    variables: { session: {}, transaction: {} },
    now: world.now ?? Date.UTC(2026, 0, 2, 3, 4, 5),
  };
}

export async function runScript(text: string, world: World = {}): Promise<MainRun> {
  return runMain(programFor(text, world.included), await inputFor(world));
}

/** Whether a test is true. */
export async function holds(test: string, world: World = {}, before = ''): Promise<boolean> {
  const run = await runScript(`${before} if ${test} { fileinto "yes"; } else { fileinto "no"; }`, world);
  if (run.end !== 'done') throw new Error(`${test}: ${JSON.stringify(run)}`);
  const [action] = run.result.actions;
  return action?.action === 'fileinto' && action.mailbox === 'yes';
}

/** The code of the fault a script ends with; null when it has none. */
export async function faultOf(text: string, world: World = {}): Promise<string | null> {
  const run = await runScript(text, world);
  return run.end === 'failed' ? run.fault.code : null;
}

/** What a script finds in a variable at its end. */
export async function valueAfter(text: string, variable: string, world: World = {}): Promise<string> {
  const run = await runScript(`${text} fileinto "[\${${variable}}]";`, world);
  if (run.end !== 'done') throw new Error(JSON.stringify(run));
  const action = run.result.actions.at(-1);
  return action?.action === 'fileinto' ? action.mailbox.slice(1, -1) : '';
}
