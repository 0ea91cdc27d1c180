// Names in sight at one place of a file, known before anything runs: locals have numbered slots in the frame of their function or
// hook, and a block's names end with the block. Files differ in whether their strings are interpolated at all.

/** What the strings of a file mean. */
export interface Unit {
  readonly file: number;
  /** `${name}` is filled in. */
  readonly interpolates: boolean;
  /** `${hex:…}` and `${unicode:…}` are decoded. */
  readonly encoded: boolean;
}

/** The slots of one frame; grows while its body is compiled. */
export interface Layout {
  size: number;
}

export interface Scope {
  readonly unit: Unit;
  readonly layout: Layout;
  readonly names: Map<string, number>;
  readonly parent: Scope | null;
}

export function outerScope(unit: Unit): Scope {
  return { unit, layout: { size: 0 }, names: new Map(), parent: null };
}

export function innerScope(parent: Scope): Scope {
  return { unit: parent.unit, layout: parent.layout, names: new Map(), parent };
}

/** The slot of a new name. A name once gone keeps its slot: frames are small. */
export function declare(scope: Scope, name: string): number {
  const slot = scope.layout.size++;
  scope.names.set(name.toLowerCase(), slot);
  return slot;
}

/** The slot of a local in sight, by lower-case name. */
export function slotOf(scope: Scope | null, name: string): number | undefined {
  for (let at = scope; at !== null; at = at.parent) {
    const slot = at.names.get(name);
    if (slot !== undefined) return slot;
  }
  return undefined;
}
