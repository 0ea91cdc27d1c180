// Names in sight at one place of a file, known before anything runs: locals have numbered slots in the frame of their function or
// hook, and a block's names end with the block. A scope never changes: a declaration makes a new one for what stands behind it,
// so code may be made long after its neighbours and still sees the names of its own place.
// Files differ in whether their strings are interpolated at all.

/** What the strings of a file mean. */
export interface Unit {
  readonly file: number;
  /** `${name}` is filled in. */
  readonly interpolates: boolean;
  /** `${hex:…}` and `${unicode:…}` are decoded. */
  readonly encoded: boolean;
}

/** How many slots one frame has so far. */
interface Layout {
  size: number;
}

export interface Scope {
  readonly unit: Unit;
  readonly layout: Layout;
  /** The latest name; the one before it is in the scope below. */
  readonly name: string;
  readonly slot: number;
  readonly below: Scope | null;
}

export function outerScope(unit: Unit): Scope {
  return { unit, layout: { size: 0 }, name: '', slot: -1, below: null };
}

/** The scope behind the declaration of a name; its slot is a new one, since a name once gone keeps its slot: frames are small. */
export function declare(below: Scope, name: string): Scope {
  const { unit, layout } = below;
  return { unit, layout, name: name.toLowerCase(), slot: layout.size++, below };
}

/** The slot of a local in sight, by lower-case name. */
export function slotOf(scope: Scope | null, name: string): number | undefined {
  for (let at = scope; at !== null && at.below !== null; at = at.below) {
    if (at.name === name) return at.slot;
  }
  return undefined;
}
