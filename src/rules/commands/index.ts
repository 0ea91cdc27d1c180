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
  type FunctionLiteral,
  type FunctionSignature,
  MAP_SCHEMES,
  type ParameterType,
} from './functions.ts';
export { HOOK_NAMES, HOOKS, hooksBetween, hooksFrom, isHookName, type VerdictName } from './hooks.ts';
export { COMMANDS_LATER, FUNCTIONS_LATER, isSettingLater } from './later.ts';
export type { Property } from './objects.ts';
export { OBJECTS, PROPERTIES } from './properties.ts';
export {
  addSignatures,
  commandSignature,
  EXTRA_CAPABILITIES,
  SIGNATURES,
  TEST_NAMES,
  testSignature,
} from './registry.ts';
export { codeClasses, codeFits, isGreetingCode, isStatus } from './reply-codes.ts';
export { type Setting, setting } from './settings.ts';
export type {
  ArgumentType,
  LiteralKind,
  PositionalSignature,
  Signature,
  TagSignature,
} from './signature.ts';
