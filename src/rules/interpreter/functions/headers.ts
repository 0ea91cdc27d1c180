// Functions on the header of the message (docs/mfl.md, section 10): values decoded and unfolded as Sieve's tests see them, edits of this
// run included. header_valid() judges by the syntax of RFC 5322 where a field has one that rules care about: dates, addresses,
// message identifiers. Of a field that is there several times the first one counts, but all of them have to be valid.

import { parseDate } from '../../sieve/dates.ts';
import { addressesOf, type Field, fieldsOf, named, subjectOf, unfold } from '../../sieve/fields.ts';
import { toUnicode } from '../../sieve/text.ts';
import { bounded, boundedList, fault, type Run } from '../state.ts';
import { BAD_VALUE, type Builtins, text } from './builtin.ts';

type Judge = (field: Field) => boolean;

const isDate: Judge = (field) => parseDate(unfold(field.field.body)) !== null;
const isMessageId: Judge = (field) => /^\s*<[^<>@\s]+@[^<>@\s]+>\s*$/.test(unfold(field.field.body));
const isOneAddress: Judge = (field) => addressesOf(field).length === 1 && areAddresses(field);
const someAddresses: Judge = (field) => addressesOf(field).length > 0 && areAddresses(field);
/** An empty group is a list, nothing at all is none. */
const isAddressList: Judge = (field) => areAddresses(field) && subjectOf(field).text !== '';

function areAddresses(field: Field): boolean {
  return addressesOf(field).every((address) => address.parts !== null);
}

const JUDGES: ReadonlyMap<string, Judge> = new Map([
  ['date', isDate],
  ['resent-date', isDate],
  ['from', someAddresses],
  ['resent-from', someAddresses],
  ['sender', isOneAddress],
  ['resent-sender', isOneAddress],
  ['reply-to', someAddresses],
  ['to', isAddressList],
  ['cc', isAddressList],
  ['bcc', areAddresses],
  ['message-id', isMessageId],
  ['resent-message-id', isMessageId],
]);

/** Fields of that name; each costs a step. */
function fieldsNamed(run: Run, name: string, at: number): readonly Field[] {
  const fields = named(fieldsOf(run, at), name);
  run.charge(fields.length);
  return fields;
}

function isValid(run: Run, name: string, at: number): boolean {
  const fields = fieldsNamed(run, name, at);
  const [first] = fields;
  const judge = first === undefined ? undefined : JUDGES.get(first.name);
  return first !== undefined && (judge === undefined || fields.every(judge));
}

/** Seconds since the date of the field; negative when it lies ahead. */
function ageOf(run: Run, name: string, at: number): number {
  const [first] = fieldsNamed(run, name, at);
  const date = first === undefined ? null : parseDate(unfold(first.field.body));
  if (date === null) return fault(run, at, BAD_VALUE, `no date in the field "${name.slice(0, 60)}"`);
  return Math.floor((run.input.now - date.time) / 1000);
}

function addresses(run: Run, name: string, at: number): readonly string[] {
  const all = fieldsNamed(run, name, at).flatMap(addressesOf);
  const real = all.filter((address) => address.parts !== null);
  return boundedList(
    run,
    real.map((address) => address.text),
    at,
  );
}

function firstValue(run: Run, field: Field | undefined, at: number): string {
  return field === undefined ? '' : bounded(run, subjectOf(field).text, at);
}

export const HEADERS: Builtins = [
  ['header_value', (run, given, at) => firstValue(run, fieldsNamed(run, text(given, 0), at)[0], at)],
  [
    'header_values',
    (run, given, at) => {
      const fields = fieldsNamed(run, text(given, 0), at);
      return boundedList(
        run,
        fields.map((field) => firstValue(run, field, at)),
        at,
      );
    },
  ],
  [
    'header_raw',
    (run, given, at) => {
      const body = fieldsNamed(run, text(given, 0), at)[0]?.field.body ?? '';
      return bounded(run, toUnicode(body), at);
    },
  ],
  ['header_count', (run, given, at) => fieldsNamed(run, text(given, 0), at).length],
  ['header_addresses', (run, given, at) => addresses(run, text(given, 0), at)],
  ['header_valid', (run, given, at) => isValid(run, text(given, 0), at)],
  ['date_age', (run, given, at) => ageOf(run, text(given, 0), at)],
  [
    'header_names',
    (run, _given, at) =>
      boundedList(
        run,
        fieldsOf(run, at).all.map((field) => field.name),
        at,
      ),
  ],
];
