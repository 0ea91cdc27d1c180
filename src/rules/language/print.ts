// Trees back to source text, laid out the one way: parsing what is printed gives the same tree again, positions aside. Parentheses
// stand only where the tree needs them. Works on any tree the parser can have made; says nothing about whether it makes sense.

import {
  type DeclarationNode,
  type FunctionNode,
  type HookNode,
  isDeclaration,
  type ParameterNode,
  type ScriptNode,
  type StatementNode,
  type TopNode,
} from './ast.ts';
import { printArguments, printExpression, printString } from './print-expression.ts';

const INDENT = '    ';

function printBlock(block: readonly StatementNode[], margin: string): string {
  if (block.length === 0) return '{}';
  return `{\n${printStatements(block, margin + INDENT)}${margin}}`;
}

/** Whether it goes on behind the '}' of the command before. */
function isContinuation(node: TopNode): boolean {
  return node.node === 'command' && (node.name === 'elsif' || node.name === 'else');
}

function printStatements(statements: readonly StatementNode[], margin: string): string {
  let text = '';
  let braced = false;
  for (const node of statements) {
    const joined = braced && isContinuation(node);
    if (text !== '') text += joined ? ' ' : '\n';
    const printed = printStatement(node, margin);
    text += joined ? printed : margin + printed;
    braced = printed.endsWith('}');
  }
  return `${text}\n`;
}

function printCommand(node: StatementNode & { readonly node: 'command' }, margin: string): string {
  let head = node.name + printArguments(node.arguments);
  if (node.list) head += ` (${node.tests.map(printExpression).join(', ')})`;
  else if (node.tests.length > 0) head += ` ${node.tests.map(printExpression).join(', ')}`;
  return node.block === null ? `${head};` : `${head} ${printBlock(node.block, margin)}`;
}

function printStatement(node: StatementNode, margin: string): string {
  switch (node.node) {
    case 'command':
      return printCommand(node, margin);
    case 'while':
      return `while (${printExpression(node.condition)}) ${printBlock(node.block, margin)}`;
    case 'foreach': {
      const head = `foreach (string ${node.variable} in ${printExpression(node.list)})`;
      return `${head} ${printBlock(node.block, margin)}`;
    }
    case 'return':
      return node.value === null ? 'return;' : `return ${printExpression(node.value)};`;
    case 'local':
      return `${node.type} ${node.name} = ${printExpression(node.value)};`;
    case 'assign':
      return `${node.target.name} ${node.operator} ${printExpression(node.value)};`;
    case 'call-statement':
      return `${printExpression(node.call)};`;
  }
}

function printParameters(parameters: readonly ParameterNode[]): string {
  return `(${parameters.map(({ type, name }) => `${type} ${name}`).join(', ')})`;
}

function printRoutine(node: HookNode | FunctionNode): string {
  const name = node.node === 'hook' ? `hook ${node.name}` : `${node.type} ${node.name}`;
  const parameters = node.parameters === null ? '' : printParameters(node.parameters);
  return `${name}${parameters} ${printBlock(node.block, '')}\n`;
}

function printTop(node: DeclarationNode): string {
  switch (node.node) {
    case 'hook':
    case 'function':
      return printRoutine(node);
    case 'import':
      return `import ${printString({ node: 'string', at: 0, value: node.path })};\n`;
    case 'global':
      return `${node.scope} ${node.type} ${node.name} = ${printExpression(node.value)};\n`;
  }
}

/** The source text of a script, with LF line ends. */
export function print(script: ScriptNode): string {
  const parts: string[] = [];
  let statements: StatementNode[] = [];
  let routine = false;
  /** A blank line stands on both sides of every hook and function. */
  const add = (text: string, isRoutine: boolean): void => {
    if (parts.length > 0 && (isRoutine || routine)) parts.push('\n');
    parts.push(text);
    routine = isRoutine;
  };
  const flush = (): void => {
    if (statements.length > 0) add(printStatements(statements, ''), false);
    statements = [];
  };
  for (const node of script.items) {
    if (!isDeclaration(node)) {
      statements.push(node);
      continue;
    }
    flush();
    add(printTop(node), node.node === 'hook' || node.node === 'function');
  }
  flush();
  return parts.join('');
}
