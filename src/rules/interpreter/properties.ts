// The objects of the language (docs/mfl.md, section 8) as a run reads and writes them. What the session knows at once it gives;
// the few it has to look up become questions; everything else, such as the objects of scanners that are not there, reads
// as its documented "not available" value. Assigned values are seen by the rest of the run and reported as effects.

import { lowerAscii } from '../../text/index.ts';
import { propertyNamed } from '../commands/objects.ts';
import { setting } from '../commands/settings.ts';
import type { TypeName } from '../language/ast.ts';
import type { Lookup, Value } from '../runtime.ts';
import { askFor } from './ask.ts';
import { inward } from './boundary.ts';
import { emit } from './emit.ts';
import { fault, type Run } from './state.ts';

const CONTROL = 'control.';

/** "Not available", where that is not the empty value of the type. */
const ABSENT: Readonly<Record<string, Value>> = {
  'client.rdns_status': 'temperror',
  'spf.result': 'none',
  'spf.helo_result': 'none',
  'dkim.result': 'none',
  'dmarc.result': 'none',
  'arc.result': 'none',
};

const EMPTY: Readonly<Record<TypeName, Value>> = {
  string: '',
  number: 0,
  boolean: false,
  list: [],
  void: '',
};

export function readProperty(run: Run, name: string, at: number): Value {
  const seen = run.facts.get(name);
  if (seen !== undefined) return seen;
  const known = run.input.properties(name);
  if (known === undefined) return absentProperty(run, name, at);
  const value = inward(known);
  run.facts.set(name, value);
  return value;
}

function absentProperty(run: Run, name: string, at: number): Value {
  const property = propertyNamed(name);
  const absent = Object.hasOwn(ABSENT, name) ? ABSENT[name] : undefined;
  const empty = absent ?? EMPTY[property?.type ?? settingType(name)];
  return property?.lookup && !property.later ? askFor(run, question(name), empty, at) : empty;
}

export function assignProperty(run: Run, name: string, value: Value): void {
  if (name === 'sender.address') setSender(run, value as string);
  else if (name === 'rcpt.address') setRcpt(run, value as string);
  else assignPlain(run, name, value);
}

function assignPlain(run: Run, name: string, value: Value): void {
  run.facts.set(name, value);
  if (name.startsWith(CONTROL)) emit(run, { effect: 'control', name: name.slice(CONTROL.length), value });
  else emit(run, { effect: 'property', name, value });
}

/** `set_sender`: the envelope's reverse path from here on. */
export function setSender(run: Run, address: string): void {
  moveAddress(run, 'sender', address);
  run.facts.set('sender.is_null', address === '');
  emit(run, { effect: 'sender', address });
}

/** `set_rcpt`: the recipient at hand. */
export function setRcpt(run: Run, address: string): void {
  moveAddress(run, 'rcpt', address);
  emit(run, { effect: 'rcpt', how: 'set', address });
}

/** An address that can stand in an envelope; only a sender may be empty. */
export function expectAddress(run: Run, address: string, mayBeEmpty = false): void {
  if ((address !== '' || mayBeEmpty) && !/[\x00-\x1f\x7f]/.test(address)) return;
  fault(run, run.at, 'MFL-RUN-VALUE', `no mail address: "${address.slice(0, 60)}"`);
}

function moveAddress(run: Run, object: string, address: string): void {
  expectAddress(run, address, object === 'sender');
  const cut = address.lastIndexOf('@');
  const localpart = cut < 0 ? address : address.slice(0, cut);
  const [user = '', ...detail] = localpart.split('+');
  run.facts.set(`${object}.address`, address);
  run.facts.set(`${object}.localpart`, localpart);
  run.facts.set(`${object}.user`, user);
  run.facts.set(`${object}.detail`, detail.join('+'));
  run.facts.set(`${object}.domain`, cut < 0 ? '' : lowerAscii(address.slice(cut + 1)));
}

function settingType(name: string): TypeName {
  return (name.startsWith(CONTROL) ? setting(name.slice(CONTROL.length))?.type : undefined) ?? 'string';
}

function question(name: string): Lookup {
  return { key: `property ${name}`, group: 'reputation', question: { kind: 'property', name } };
}
