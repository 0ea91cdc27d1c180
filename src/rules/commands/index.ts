export { type Bound, bind } from './bind.ts';
export {
  BUILT_IN_COMPARATORS,
  CAPABILITIES,
  type CapabilityPlan,
  COMPARATORS,
  withImplied,
} from './capabilities.ts';
export {
  FUNCTIONS,
  FUNCTIONS_LATER,
  type FunctionLiteral,
  type FunctionSignature,
  MAP_SCHEMES,
  type ParameterType,
} from './functions.ts';
export { HOOK_NAMES, HOOKS, hooksBetween, hooksFrom, isHookName, type VerdictName } from './hooks.ts';
export { OBJECTS, PROPERTIES, type Property } from './objects.ts';
export {
  addSignatures,
  commandSignature,
  EXTRA_CAPABILITIES,
  SIGNATURES,
  TEST_NAMES,
  testSignature,
} from './registry.ts';
export { type Setting, setting } from './settings.ts';
export type {
  ArgumentType,
  LiteralKind,
  PositionalSignature,
  Signature,
  TagSignature,
} from './signature.ts';
