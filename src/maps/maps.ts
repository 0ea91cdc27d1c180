// Tables by URI, "cdb:control/addrmap.cdb", for rules that decide by them. A relative path is relative to one
// directory. Tables stay open and are read again when their file has another time, size or inode. A table that is
// missing or broken, or a URI that names none, is a failed answer and never "not found": what it decides is who
// may send mail.

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Answer, Lookup } from '../rules/runtime.ts';
import { toOctets } from '../text/index.ts';
import {
  type CompileRegex,
  openTable,
  parentsOf,
  type Scheme,
  type Table,
  type TableFault,
  tableFault,
} from './table.ts';

export interface MapOptions {
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly compileRegex: CompileRegex;
}

/** 'value': the entry's value, '' without one. 'has': whether there is one. 'address': the value for the best entry. */
export type MapMode = Extract<Lookup['question'], { kind: 'map' }>['mode'];

export interface Maps {
  /** Never throws. */
  look(uri: string, key: string, mode: MapMode): Answer;
  /** Closes every table; they open again when they are asked. */
  close(): void;
}

interface Opened {
  readonly version: string;
  readonly table: Table;
}

const SCHEMES: readonly string[] = ['cdb', 'file', 'list', 'cidr', 'regex'] satisfies readonly Scheme[];

/** Tables kept open; a rule that makes its URIs up would otherwise use up our descriptors. */
const MOST_OPEN = 64;

export function openMaps({ directory, compileRegex }: MapOptions): Maps {
  const open = new Map<string, Opened>();

  const forget = (uri: string): void => {
    open.get(uri)?.table.close();
    open.delete(uri);
  };

  function tableFor(uri: string): Table {
    const { scheme, path } = locate(uri, directory);
    const version = versionOf(path);
    const before = open.get(uri);
    if (before?.version === version) return before.table;
    forget(uri);
    const table = openTable(scheme, path, compileRegex);
    open.set(uri, { version, table });
    for (const oldest of open.keys()) {
      if (open.size <= MOST_OPEN) break;
      forget(oldest);
    }
    return table;
  }

  return {
    look(uri, key, mode) {
      try {
        const value = findIn(tableFor(uri), key, mode);
        return { ok: true, value: mode === 'has' ? value !== null : (value ?? '') };
      } catch (error) {
        forget(uri);
        return { ok: false, reason: `${uri}: ${reasonOf(error)}` };
      }
    },
    close() {
      for (const uri of [...open.keys()]) forget(uri);
    },
  };
}

/** Answers the interpreter's look-ups in tables; null for those of any other kind. */
export function mapAnswers(maps: Maps): (lookup: Lookup) => Promise<Answer> | null {
  return ({ question }) =>
    question.kind === 'map' ? Promise.resolve(maps.look(question.uri, question.key, question.mode)) : null;
}

function findIn(table: Table, key: string, mode: MapMode): string | null {
  if (mode !== 'address') return table.find(key);
  for (const candidate of addressKeys(key)) {
    const value = table.find(candidate);
    if (value !== null) return value;
  }
  return null;
}

// user+detail@mx.example.org, user@mx.example.org, @mx.example.org, .example.org, .org
export function addressKeys(address: string): readonly string[] {
  const at = address.lastIndexOf('@');
  if (at === -1) return [address];
  const domain = address.slice(at + 1);
  const plus = address.indexOf('+', 1);
  const user = plus !== -1 && plus < at ? [`${address.slice(0, plus)}@${domain}`] : [];
  return [address, ...user, `@${domain}`, ...parentsOf(domain)];
}

function locate(uri: string, directory: string): { readonly scheme: Scheme; readonly path: string } {
  const colon = uri.indexOf(':');
  const scheme = uri.slice(0, Math.max(colon, 0));
  const path = uri.slice(colon + 1);
  if (!isScheme(scheme)) return tableFault(`no table is called like this; known are ${SCHEMES.join(', ')}`);
  // A rule may have put a client's words into it.
  if (path === '' || path.includes('\0') || path.split('/').includes('..'))
    return tableFault('not a usable path');
  return { scheme, path: resolve(directory, Buffer.from(toOctets(path)).toString('utf8')) };
}

const isScheme = (text: string): text is Scheme => SCHEMES.includes(text);

function versionOf(path: string): string {
  const stats = statSync(path);
  // Opening a pipe would wait for somebody to write.
  if (!stats.isFile()) return tableFault('not a file');
  const { mtimeMs, size, ino } = stats;
  return `${mtimeMs} ${size} ${ino}`;
}

function reasonOf(error: unknown): string {
  const { fault, reason } = error as Partial<TableFault>;
  if (fault === 'table') return String(reason);
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
