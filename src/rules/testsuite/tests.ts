// The tests of a test file: scripts compiled and run, what came of it, and what went wrong. A script that
// needs an answer nobody has looked up yet leaves the whole run; it comes here again once the answer is
// known. Follows Pigeonhole's testsuite.

import { bind } from '../commands/index.ts';
import type { Context } from '../interpreter/context.ts';
import type { TestNode } from '../language/ast.ts';
import { matchValues } from '../sieve/index.ts';
import { listAt, number, takeMessage, text } from './commands.ts';
import { actionName, executeResult } from './execute.ts';
import { compileScript, resetResult, runScript, runScripts } from './scripts.ts';
import type { RunUnderTest, Suite } from './suite.ts';

export type Test = (node: TestNode, context: Context) => boolean;

export function suiteTests(suite: Suite, runUnderTest: RunUnderTest): ReadonlyMap<string, Test> {
  return new Map<string, Test>([
    ['test_script_compile', (node, context) => compileScript(suite, text(context, bind(node), 0))],
    ['test_script_run', (node, context) => run(suite, runUnderTest, node, context)],
    [
      'test_multiscript',
      (node, context) => runScripts(suite, runUnderTest, listAt(context, bind(node), 0), context),
    ],
    ['test_error', (node, context) => matched(node, context, suite.errors)],
    ['test_result_action', (node, context) => matched(node, context, context.result.actions.map(actionName))],
    ['test_result_execute', (_node, context) => executeResult(suite, context.result)],
    ['test_message', (node, context) => takeMessage(suite, context, bind(node))],
  ]);
}

function run(suite: Suite, runUnderTest: RunUnderTest, node: TestNode, context: Context): boolean {
  if (!bind(node).tags.has('append_result')) resetResult(suite, context.result);
  return runScript(suite, context, runUnderTest);
}

/** Against all the values, or the one that :index picks, counted from 1. */
function matched(node: TestNode, context: Context, values: readonly string[]): boolean {
  const { tags } = bind(node);
  const tag = tags.get('index');
  const index = tag ? number(context, tag) : 0;
  return matchValues(node, context, index > 0 ? values.slice(index - 1, index) : values);
}
