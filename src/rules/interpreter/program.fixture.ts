// For tests: a program straight from its source, parsed and put together without being checked, and runs of it with plain input.

import type { StatementNode } from '../language/ast.ts';
import { lineStarts, parse } from '../language/index.ts';
import type { HookName, Program } from '../program.ts';
import type { Answer, HookInput, HookRun, Value } from '../runtime.ts';
import { installRegex } from '../sieve/engine.ts';
import { compileRegex } from '../sieve/regex.ts';
import { runHook } from './run.ts';
import { SIEVE_PART } from './sieve-commands.ts';
import { installSieve } from './sieve-part.ts';
import type { RunOptions } from './start.ts';

// Tests run synchronously, so what a driver would bring is there from the beginning.
installRegex(compileRegex);
installSieve(SIEVE_PART);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Each text is a file: "1.mfl", "2.mfl" … Throws when it does not parse. */
export function programOf(...texts: readonly string[]): Program {
  const program: Mutable<Program> & { functions: Record<string, Program['functions'][string]> } = {
    version: 1,
    files: texts.map((text, i) => ({ name: `${i + 1}.mfl`, lines: lineStarts(text), digest: '' })),
    hooks: {},
    functions: {},
    globals: [],
    main: null,
    needs: { headers: true, message: true, body: true },
  };
  texts.forEach((text, file) => {
    const { script, problems } = parse({ name: `${file + 1}.mfl`, text, dialect: 'mfl' });
    if (script === null) throw new Error(JSON.stringify(problems));
    const block: StatementNode[] = [];
    for (const node of script.items) {
      if (node.node === 'hook') {
        const name = node.name as HookName;
        const hook = { file, node: { parameters: node.parameters ?? [], block: node.block } };
        program.hooks = { ...program.hooks, [name]: [...(program.hooks[name] ?? []), hook] };
      } else if (node.node === 'function') program.functions[node.name] = { file, node };
      else if (node.node === 'global') program.globals = [...program.globals, { file, node }];
      else if (node.node !== 'import') block.push(node);
    }
    if (block.length > 0) program.main = { file, capabilities: [], interpolates: !script.pure, block };
  });
  return program;
}

export interface Given {
  readonly hook?: HookName;
  readonly arguments?: readonly Value[];
  readonly properties?: Readonly<Record<string, Value>>;
  readonly known?: Readonly<Record<string, Answer>>;
  readonly session?: Readonly<Record<string, Value>>;
  readonly transaction?: Readonly<Record<string, Value>>;
  readonly message?: HookInput['message'];
  readonly envelope?: HookInput['envelope'];
}

export const NOW = Date.UTC(2026, 0, 1, 12);

export function inputOf(given: Given = {}): HookInput {
  const { properties = {} } = given;
  return {
    hook: given.hook ?? 'rcpt',
    arguments: given.arguments ?? [],
    properties: (name) => (Object.hasOwn(properties, name) ? properties[name] : undefined),
    message: given.message ?? null,
    envelope: given.envelope ?? null,
    known: new Map(Object.entries(given.known ?? {})),
    variables: { session: given.session ?? {}, transaction: given.transaction ?? {} },
    now: NOW,
  };
}

/** Runs the `rcpt` hook, or another. */
export function runText(text: string, given: Given = {}, options: RunOptions = {}): HookRun {
  return runHook(programOf(text), inputOf(given), options);
}

/** The value of an expression, as text in the log: lists joined with ", ". */
export function valueOfExpression(expression: string, given: Given = {}, options: RunOptions = {}): string {
  const ran = runText(`hook rcpt { log $(str(${expression})); }`, given, options);
  if (ran.end === 'failed') return `${ran.fault.code} ${ran.fault.where}`;
  if (ran.end === 'needs') return `needs ${JSON.stringify(ran.lookup.question)}`;
  const log = ran.effects.find((effect) => effect.effect === 'log');
  return log?.text ?? '';
}
