// The kinds of tables a rule can ask, behind one question. A table that cannot be read, or one of whose lines
// means nothing, is thrown as a TableFault (plain data, not an Error): asking half a table would be answering "not
// found" to what may well be in the other half. Keys are compared without regard to ASCII letter case; the first
// entry that fits is the answer.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { openCdb } from '../control/index.ts';
import { fromOctets, isInNetwork, lowerAscii, parseIp, parseIpNetwork, unmapped } from '../text/index.ts';
import { type TableLine, tableLines } from './lines.ts';

/** A regular expression of the rule language: linear time, its price known before it is run. */
export type CompileRegex = (
  pattern: string,
  insensitive: boolean,
) =>
  | {
      readonly ok: true;
      readonly regex: { readonly size: number; run(text: string): readonly string[] | null };
    }
  | { readonly ok: false; readonly problem: string };

export interface TableFault {
  readonly fault: 'table';
  readonly reason: string;
}

export interface Table {
  /** The value of the entry for this key, null when there is none. @throws TableFault */
  find(key: string): string | null;
  close(): void;
}

export type Scheme = 'cdb' | 'file' | 'list' | 'cidr' | 'regex';

/** Longest text table; what is longer belongs into a cdb. */
const MOST_TEXT_OCTETS = 16 * 1024 * 1024;

/** Most that one look-up may cost: sizes of the programs × length of the key. */
const REGEX_COST = 40_000_000;

export function openTable(scheme: Scheme, path: string, compileRegex: CompileRegex): Table {
  if (scheme === 'cdb') return cdbTable(path);
  const lines = tableLines(readText(path));
  const find = {
    file: () => fileFinder(lines),
    list: () => listFinder(lines),
    cidr: () => networkFinder(lines),
    regex: () => regexFinder(lines, compileRegex),
  }[scheme]();
  return { find, close: () => {} };
}

export function tableFault(reason: string): never {
  throw { fault: 'table', reason } satisfies TableFault;
}

function readText(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size > MOST_TEXT_OCTETS) tableFault('too long for a text table');
    return fromOctets(readFileSync(fd));
  } finally {
    closeSync(fd);
  }
}

// A cdb is made by other programs: the key as it is, then in lower case.
function cdbTable(path: string): Table {
  const reader = openCdb(path);
  const look = (key: string): string | null => {
    const found = reader.find(key);
    if (found.kind === 'broken') return tableFault(found.reason);
    return found.kind === 'found' ? found.value : null;
  };
  return {
    find: (key) => look(key) ?? (lowerAscii(key) === key ? null : look(lowerAscii(key))),
    close: () => reader.close(),
  };
}

type Find = Table['find'];

function fileFinder(lines: readonly TableLine[]): Find {
  const values = firstOfEach(lines);
  return (key) => values.get(lowerAscii(key)) ?? null;
}

// As qmail's lists: an address, "@host" for every address there, ".domain" for every host below it. The value is the entry.
function listFinder(lines: readonly TableLine[]): Find {
  const values = firstOfEach(lines.map((line) => ({ ...line, value: line.key })));
  return (key) => {
    const whole = lowerAscii(key);
    const at = whole.lastIndexOf('@');
    const host = at === -1 ? [] : [whole.slice(at)];
    const names = [whole, ...host, ...parentsOf(whole.slice(at + 1))];
    return names.map((name) => values.get(name)).find((value) => value !== undefined) ?? null;
  };
}

/** ".example.org" and ".org" for "mx.example.org". */
export function parentsOf(host: string): readonly string[] {
  const parents: string[] = [];
  for (let dot = host.indexOf('.', 1); dot !== -1; dot = host.indexOf('.', dot + 1))
    parents.push(host.slice(dot));
  return parents;
}

function firstOfEach(lines: readonly TableLine[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, value } of lines) {
    const lowered = lowerAscii(key);
    if (!values.has(lowered)) values.set(lowered, value);
  }
  return values;
}

function networkFinder(lines: readonly TableLine[]): Find {
  const networks = lines.map(({ line, key, value }) => {
    const network = parseIpNetwork(key);
    return network === null ? tableFault(`line ${line} is no address and no network`) : { ...network, value };
  });
  return (key) => {
    const ip = parseIp(key);
    if (ip === null) return null;
    return networks.find((network) => isInNetwork(unmapped(ip), network))?.value ?? null;
  };
}

function regexFinder(lines: readonly TableLine[], compileRegex: CompileRegex): Find {
  const entries = lines.map(({ line, key, value }) => {
    const compiled = compileRegex(key, true);
    return compiled.ok ? { regex: compiled.regex, value } : tableFault(`line ${line}: ${compiled.problem}`);
  });
  const price = entries.reduce((sum, { regex }) => sum + regex.size, 0);
  return (key) => {
    if (price * key.length > REGEX_COST) return tableFault('too many patterns for a key as long as this');
    return entries.find(({ regex }) => regex.run(key) !== null)?.value ?? null;
  };
}
