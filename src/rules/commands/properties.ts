// The properties and objects as tables, for the checker, which asks for many of them.

import { objectNames, type Property, propertyNamed, propertyNames } from './objects.ts';

export const PROPERTIES: ReadonlyMap<string, Property> = new Map(
  propertyNames().map((name) => [name, propertyNamed(name) as Property]),
);

/** Names no variable may have: they would hide an object. */
export const OBJECTS: ReadonlySet<string> = new Set([...objectNames(), 'control']);
