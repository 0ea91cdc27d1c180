// What the store keeps for one key, and how it stands in its file: one line of JSON in octets (latin1), with the key's
// name inside, so that a file can be told from one of another key and be read by people. Whatever else a file holds (cut
// short, made by hand, too long) is no cell, and the next write replaces it. Pure.

/** What a key has. The numbers mean what its decider says. */
export interface Cell {
  /** Milliseconds since 1970; from then on it counts as absent. */
  readonly until: number;
  readonly numbers: readonly number[];
  /** An octet string. */
  readonly text: string;
}

export interface Decision<T> {
  readonly answer: T;
  /** What the key has from now on; null is nothing. Left out, all stays as it is and nothing is written. */
  readonly next?: Cell | null;
}

/** `held` is null for a key that is unknown or over. Called again when somebody else was faster: pure. */
export type Decider<T> = (held: Cell | null, now: number) => Decision<T>;

/** Octets of a value. */
export const VALUE_OCTETS = 4096;
/** Octets of a name that are kept; what is longer is told apart by its hash alone. */
export const NAME_OCTETS = 1024;
/** Room for a name and a value even if JSON needs six octets for each of theirs. */
export const FILE_OCTETS = 6 * (VALUE_OCTETS + NAME_OCTETS) + 512;

export interface Named {
  readonly name: string;
  readonly cell: Cell;
}

export function printCell({ name, cell }: Named): string {
  const { until, numbers, text } = cell;
  return `${JSON.stringify({ name: name.slice(0, NAME_OCTETS), until, numbers, text })}\n`;
}

export function parseCell(line: string): Named | null {
  const value = parsed(line);
  if (typeof value !== 'object' || value === null) return null;
  const { name, until, numbers, text } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || typeof until !== 'number' || typeof text !== 'string') return null;
  if (!Array.isArray(numbers) || !numbers.every((each) => typeof each === 'number')) return null;
  return { name, cell: { until, numbers, text } };
}

export const hasName = (named: Named, name: string): boolean => named.name === name.slice(0, NAME_OCTETS);

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
