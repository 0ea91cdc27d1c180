// The commands and tests of simulated sessions. Facts of the world are gathered until a step is taken; a
// step is a question that whoever runs the file answers by driving the session, and what it answers is what
// the tests look at. Runs of the file that come later find the same answers, so they go the same way.

import { type Bound, bind, PROPERTIES } from '../commands/index.ts';
import type { Context, Leave } from '../interpreter/context.ts';
import type { ArgumentNode, CommandNode, TestNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { matchValues } from '../sieve/index.ts';
import { toOctetString, toUnicode } from '../sieve/text.ts';
import { type Command, listAt, number, text, valueText } from './commands.ts';
import { SMTP_QUESTION, type SmtpOutcome, type SmtpStep } from './smtp.ts';
import { fail, type Suite } from './suite.ts';
import type { Test } from './tests.ts';

export function smtpCommands(suite: Suite): ReadonlyMap<string, Command> {
  return new Map<string, Command>([
    ['test_client', (node, context) => setClient(suite, node, context)],
    ['test_control', (node, context) => setControl(suite, node, context)],
    ['test_dns', (node, context) => setDns(suite, node, context)],
    ['test_map', (node, context) => setMap(suite, node, context)],
    ['test_password', (node, context) => setPassword(suite, node, context)],
    ['test_fact', (node, context) => setFact(suite, node, context)],
    ['test_clock', (node, context) => setClock(suite, node, context)],
    ['test_smtp', (node, context) => void take(suite, stepOf(node, context))],
    [
      'test_smtp_data',
      (node, context) => void take(suite, { step: 'data', text: octets(context, bind(node), 0) }),
    ],
  ]);
}

export function smtpTests(suite: Suite): ReadonlyMap<string, Test> {
  const last = (): SmtpOutcome => suite.smtp.last;
  const matched = (values: () => readonly string[]): Test => {
    return (node, context) => matchValues(node, context, values().map(toUnicode));
  };
  return new Map<string, Test>([
    ['test_rules', (node, context) => useRules(suite, node, context)],
    ['test_state', () => last().open],
    ['test_reply', (node, context) => matchValues(node, context, replyPart(last(), part(node, context)))],
    [
      'test_verdict',
      (node, context) => matchValues(node, context, decisionPart(last(), part(node, context))),
    ],
    ['test_queue', matched(() => last().queued.flatMap(({ to }) => to))],
    ['test_log', matched(() => last().log)],
    ['test_delay', matched(() => [String(last().delay)])],
    ['test_report', matched(() => last().reports)],
  ]);
}

/** Takes the step, or leaves the run until somebody has. */
function take(suite: Suite, step: SmtpStep): SmtpOutcome {
  const { smtp, surroundings } = suite;
  const key = `${SMTP_QUESTION} ${smtp.steps}`;
  const answer = surroundings.known.get(key);
  if (answer === undefined) {
    const question = {
      kind: 'function',
      name: SMTP_QUESTION,
      arguments: [JSON.stringify({ step, world: smtp.world })],
    } as const;
    throw { leave: 'needs', lookup: { key, group: 'authorisation', question } } satisfies Leave;
  }
  smtp.steps += 1;
  if (!answer.ok) fail(answer.reason);
  smtp.last = JSON.parse(String(answer.value)) as SmtpOutcome;
  if (step.step !== 'rules' && smtp.last.problems.length > 0) fail(smtp.last.problems.join('; '));
  return smtp.last;
}

function stepOf(node: CommandNode, context: Context): SmtpStep {
  const bound = bind(node);
  if (bound.tags.has('connect')) return { step: 'connect' };
  if (bound.tags.has('disconnect')) return { step: 'disconnect' };
  return { step: 'line', text: bound.tags.has('starttls') ? 'STARTTLS' : octets(context, bound, 0) };
}

function useRules(suite: Suite, node: TestNode, context: Context): boolean {
  const paths = listAt(context, bind(node), 0).map(
    (path) => `${suite.surroundings.directory}/${toOctetString(path)}`,
  );
  const { problems } = take(suite, { step: 'rules', paths });
  suite.errors = [...problems];
  return problems.length === 0;
}

function setClient({ smtp }: Suite, node: CommandNode, context: Context): void {
  const { tags } = bind(node);
  const given = (tag: string): string | null => (tags.has(tag) ? tagText(context, tags.get(tag)) : null);
  const { client, properties } = smtp.world;
  const host = given('host') ?? '';
  const rdns = given('rdns') ?? host;
  smtp.world = {
    ...smtp.world,
    client: {
      ip: given('ip') ?? client.ip,
      host: host === '' ? null : host,
      port: Number(given('port') ?? client.port),
      service: given('service') ?? 'smtp',
      relay: tags.has('relay'),
    },
    properties: {
      ...properties,
      'client.host': host,
      'client.rdns': rdns,
      'client.rdns_status': host !== '' ? 'pass' : rdns !== '' ? 'fail' : 'none',
    },
  };
}

function setControl({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const values = listAt(context, bound, 1).map(toOctetString);
  smtp.world = {
    ...smtp.world,
    controls: { ...smtp.world.controls, [octets(context, bound, 0)]: values },
  };
}

function setDns({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const name = octets(context, bound, 1).toLowerCase().replace(/\.$/, '');
  const key = `${octets(context, bound, 0).toUpperCase()} ${name}`;
  const answers = bound.tags.has('tempfail') ? null : listAt(context, bound, 2).map(toOctetString);
  smtp.world = { ...smtp.world, dns: { ...smtp.world.dns, [key]: answers } };
}

function setPassword({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const passwords = { ...smtp.world.passwords, [octets(context, bound, 0)]: octets(context, bound, 1) };
  smtp.world = { ...smtp.world, passwords };
}

function setMap({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const uri = octets(context, bound, 0);
  const entry = { [octets(context, bound, 1)]: octets(context, bound, 2) };
  const table = bound.tags.has('tempfail') ? null : { ...smtp.world.maps[uri], ...entry };
  smtp.world = { ...smtp.world, maps: { ...smtp.world.maps, [uri]: table } };
}

function setFact({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const name = text(context, bound, 0).toLowerCase();
  const property = PROPERTIES.get(name);
  if (property === undefined)
    context.fail(node.at, 'MFL-TEST-003', `test_fact: there is no property '${name}'`);
  const value = typed(property?.type ?? 'string', octets(context, bound, 1));
  smtp.world = { ...smtp.world, properties: { ...smtp.world.properties, [name]: value } };
}

function typed(type: string, value: string): Value {
  if (type === 'number') return Number(value);
  if (type === 'boolean') return value === 'true' || value === 'yes';
  return type === 'list' ? value.split(/\s*,\s*/) : value;
}

function setClock({ smtp }: Suite, node: CommandNode, context: Context): void {
  const bound = bind(node);
  const advance = bound.tags.get('advance');
  const now = advance
    ? smtp.world.now + number(context, advance) * 1000
    : Date.parse(text(context, bound, 0));
  if (!Number.isFinite(now))
    context.fail(node.at, 'MFL-TEST-004', `test_clock: '${text(context, bound, 0)}' is no time`);
  smtp.world = { ...smtp.world, now };
}

function replyPart({ reply }: SmtpOutcome, which: string): readonly string[] {
  const lines = reply.map(toUnicode);
  const [first = ''] = lines;
  const [, code = '', status = '', rest = ''] =
    /^([0-9]{3})[ -](?:([245]\.[0-9]+\.[0-9]+) )?(.*)$/.exec(first) ?? [];
  // Stock's dialect has the status at the end: "text (#5.7.1)".
  const [, suffix = ''] = /\(#([245]\.[0-9]+\.[0-9]+)\)$/.exec(rest) ?? [];
  switch (which) {
    case 'code':
      return code === '' ? [] : [code];
    case 'status':
      return status === '' && suffix === '' ? [] : [status || suffix];
    case 'text':
      return lines.map((line) => line.replace(/^[0-9]{3}[ -](?:[245]\.[0-9]+\.[0-9]+ )?/, ''));
    case 'line':
      return lines;
    default:
      return fail(`test_reply: a reply has no '${which}'; it has code, status, text and line`);
  }
}

function decisionPart({ decision }: SmtpOutcome, which: string): readonly string[] {
  if (which === 'verdict' || which === 'layer' || which === 'rule') return [toUnicode(decision[which])];
  return fail(`test_verdict: a decision has no '${which}'; it has verdict, layer and rule`);
}

function part(node: TestNode, context: Context): string {
  return text(context, bind(node), 0).toLowerCase();
}

function octets(context: Context, bound: Bound, place: number): string {
  return toOctetString(text(context, bound, place));
}

function tagText(context: Context, node: ArgumentNode | null | undefined): string {
  return toOctetString(valueText(context, node ?? undefined));
}
