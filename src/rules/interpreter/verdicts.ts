// The verdicts that end a hook (docs/mfl.md, section 6.1), and greylist and ratelimit, which end it only when the store of states
// says so. `:dryrun` logs what would have happened and goes on. Codes and texts left out are filled in by the session,
// which knows the defaults of its stage.

import { codeClasses, codeFits, isGreetingCode, isStatus } from '../commands/reply-codes.ts';
import type { Value, Verdict } from '../runtime.ts';
import { type Arguments, type Perform, positionalText, tagNumber, tagText } from './arguments.ts';
import type { Leave } from './context.ts';
import { emitLog } from './emit.ts';
import { BAD_VALUE } from './functions/builtin.ts';
import { askState } from './functions/lookups.ts';
import { clientNetwork } from './functions/network.ts';
import { readProperty } from './properties.ts';
import { fault, type Run } from './state.ts';
import { valueText } from './text-value.ts';

const refusing =
  (verdict: 'reject' | 'defer' | 'drop'): Perform =>
  (run, given) =>
    decide(run, given, { verdict, ...replyOf(run, given, verdict) });

export const VERDICTS: ReadonlyMap<string, Perform> = new Map<string, Perform>([
  ['accept', (run, given) => decide(run, given, { verdict: 'accept', scope: scopeOf(given) })],
  ['reject', refusing('reject')],
  ['ereject', refusing('reject')],
  ['defer', refusing('defer')],
  ['tempfail', refusing('defer')],
  ['drop', refusing('drop')],
  ['discard', (run, given) => decide(run, given, { verdict: 'discard' })],
  ['quarantine', quarantine],
  ['reply', reply],
  ['user_filter', (run, given) => decide(run, given, { verdict: 'user-filter' })],
  ['greylist', greylist],
  ['ratelimit', ratelimit],
]);

/** Ends the hook, or with `:dryrun` only says so. */
function decide(run: Run, given: Arguments, verdict: Verdict): void {
  const log = tagText(run, given, 'log');
  if (!given.tags.has('dryrun')) {
    throw { leave: 'verdict', verdict, at: given.at, ...(log !== undefined && { log }) } satisfies Leave;
  }
  const text = `would ${describe(verdict)}${log === undefined ? '' : ` (${log})`}`;
  emitLog(run, given.at, 'info', text);
}

function describe(verdict: Verdict): string {
  const said = 'text' in verdict && verdict.text !== undefined ? `: ${verdict.text}` : '';
  const code = 'code' in verdict && verdict.code !== undefined ? ` ${verdict.code}` : '';
  return `${verdict.verdict}${code}${said}`;
}

/** What was computed has to be what the checker asks of what is written out: a refusal that says 250 would lose mail. */
function codeOf(run: Run, given: Arguments, verdict: Verdict['verdict']): number | undefined {
  const code = tagNumber(run, given, 'code');
  if (code === undefined) return undefined;
  const fits = codeFits(code, codeClasses(verdict) ?? []);
  if (fits && (run.input.hook !== 'connect' || isGreetingCode(code))) return code;
  return fault(run, given.at, BAD_VALUE, `'${verdict}' at ${run.input.hook} cannot answer ${code}`);
}

function statusOf(run: Run, given: Arguments): string | undefined {
  const status = tagText(run, given, 'status');
  if (status === undefined || isStatus(status)) return status;
  return fault(run, given.at, BAD_VALUE, `no enhanced status code: "${status.slice(0, 60)}"`);
}

function replyOf(run: Run, given: Arguments, verdict: Verdict['verdict']) {
  const code = codeOf(run, given, verdict);
  const status = statusOf(run, given);
  const text = positionalText(run, given, 0);
  return {
    ...(code !== undefined && { code }),
    ...(status !== undefined && { status }),
    ...(text !== undefined && { text }),
  };
}

function scopeOf({ tags }: Arguments): 'plain' | 'local' | 'relay' {
  return tags.has('relay') ? 'relay' : tags.has('local') ? 'local' : 'plain';
}

function quarantine(run: Run, given: Arguments): void {
  const into = tagText(run, given, 'into');
  const text = positionalText(run, given, 0);
  decide(run, given, {
    verdict: 'quarantine',
    ...(into !== undefined && { into }),
    ...(text !== undefined && { text }),
  });
}

function reply(run: Run, given: Arguments): void {
  const code = codeOf(run, given, 'reply') ?? 250;
  const text = positionalText(run, given, 0);
  decide(run, given, { verdict: 'reply', code, ...(text !== undefined && { text }) });
}

/** The answer is true as long as the key has to wait. */
function greylist(run: Run, given: Arguments): void {
  const key = tagText(run, given, 'key') ?? tripletOf(run, given.at);
  const delay = tagNumber(run, given, 'delay') ?? 300;
  const expire = tagNumber(run, given, 'expire') ?? 36 * 3600;
  const pass = tagNumber(run, given, 'pass') ?? 35 * 86_400;
  deferIf(run, given, 'greylist', [key, delay, expire, pass]);
}

/** The answer is true when this one is over the limit. */
function ratelimit(run: Run, given: Arguments): void {
  const key = tagText(run, given, 'key') ?? '';
  const max = tagNumber(run, given, 'max') ?? 0;
  const per = tagNumber(run, given, 'per') ?? 0;
  deferIf(run, given, 'ratelimit', [key, max, per]);
}

function deferIf(run: Run, given: Arguments, name: string, values: readonly Value[]): void {
  if (askState(name)(run, values, given.at) !== true) return;
  decide(run, given, { verdict: 'defer', ...replyOf(run, given, 'defer') });
}

/** Client network, sender and recipient. */
function tripletOf(run: Run, at: number): string {
  const property = (name: string): string => valueText(readProperty(run, name, at));
  return `${clientNetwork(property('client.ip'))} ${property('sender.address')} ${property('rcpt.address')}`;
}
