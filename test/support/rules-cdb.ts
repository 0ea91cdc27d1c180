// Rules for tcpserver and `mvmtr serve` without tcprules: the same database, written with our own writer. For tests that
// want a client to be denied, or its session to have variables of their choice.

import { writeCdb } from '../../src/control/index.ts';

/** What a rule says; octet strings. */
export type TcpRule = { readonly deny: true } | { readonly variables: Readonly<Record<string, string>> };

/**
 * Creates or replaces the database at `path`. Keys as tcprules has them: "192.0.2.1", "192.0.2.", "=.example", "" …
 * @throws when a variable cannot be written down
 */
export function writeRulesCdb(path: string, rules: readonly (readonly [key: string, rule: TcpRule])[]): void {
  writeCdb(
    path,
    rules.map(([key, rule]) => [key, recordOf(rule)]),
  );
}

function recordOf(rule: TcpRule): string {
  if ('deny' in rule) return 'D\0';
  return Object.entries(rule.variables).map(instruction).join('');
}

function instruction([name, value]: readonly [string, string]): string {
  if (/[=\0]/.test(name) || value.includes('\0')) throw new Error(`no variable for a rule: ${name}=${value}`);
  return `+${name}=${value}\0`;
}
