// A checked program as text, and back: a header line with the version, then one line of JSON. A file of another version and one that
// was cut short both read as null: the rules are compiled anew. Beyond that the text is trusted as its source is, since
// both stand in one directory, written by the same people.

import { PROGRAM_VERSION, type Program } from '../program.ts';

const HEADER = `mvmtr-rules ${PROGRAM_VERSION}`;

export function writeProgram(program: Program): string {
  return `${HEADER}\n${JSON.stringify(program)}\n`;
}

/** null for anything that `writeProgram` of this version has not written whole. */
export function readProgram(text: string): Program | null {
  if (!text.startsWith(`${HEADER}\n`) || !text.endsWith('}\n')) return null;
  try {
    const value: unknown = JSON.parse(text.slice(HEADER.length + 1));
    return isProgram(value) ? value : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isProgram(value: unknown): value is Program {
  return (
    isObject(value) &&
    value.version === PROGRAM_VERSION &&
    Array.isArray(value.files) &&
    isObject(value.hooks) &&
    isObject(value.functions) &&
    Array.isArray(value.globals) &&
    (value.main === null || isObject(value.main)) &&
    isObject(value.needs)
  );
}
