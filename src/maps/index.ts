export { addressKeys, type MapMode, type MapOptions, type Maps, mapAnswers, openMaps } from './maps.ts';
export type { CompileRegex } from './table.ts';
