export { type CdbLookup, type CdbReader, openCdb } from './cdb.ts';
export { type CdbWalk, walkCdb } from './cdb-walk.ts';
export { type CdbEntry, writeCdb } from './cdb-write.ts';
export type { ControlFault, ControlSyntax, Controls } from './controls.ts';
export { isFault, isThere, NO_CONTROLS, readControls } from './read.ts';
export { type ControlLine, lineOf, listOf, parseDatabytes } from './syntax.ts';
export { CONTROL_TABLE, type ControlRow, controlsOf } from './table.ts';
