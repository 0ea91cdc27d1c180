// String literals as code. Most hold no reference and cost one step; the others are put together from their pieces within the
// bound of a text: only what a user's variable keeps is cut (RFC 5229 §3). Text of replies, headers and addresses is made "clean": what is filled in cannot start a new line,
// however the literal itself is laid out.

import type { StringNode } from '../language/ast.ts';
import type { Value } from '../runtime.ts';
import { decodeCharacters } from '../sieve/encoded-character.ts';
import type { Code, Ready } from './code.ts';
import { noLineEnd } from './emit.ts';
import { readProperty } from './properties.ts';
import { type Scope, slotOf } from './scope.ts';
import { chargeOctets, expectUncut, type Run, step, uncutText } from './state.ts';
import { type Piece, piecesOf } from './template.ts';
import { isProperty, readGlobal, readLoose } from './variables.ts';

type Part = string | ((run: Run) => Value);

/** @param clean what is filled in stays on one line */
export function compileString(ready: Ready, scope: Scope, node: StringNode, clean = false): Code {
  if (node.raw || !node.value.includes('${')) return constant(node.value);
  const text = scope.unit.encoded ? decodeCharacters(node.value) : node.value;
  if (!scope.unit.interpolates) return constant(text);
  const parts = piecesOf(text).map((piece) => partOf(ready, scope, piece, node.at));
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string') return constant(only);
  return (run) => {
    step(run);
    return filled(run, parts, node.at, clean);
  };
}

/** Text that is no literal of the program, with its references filled in. */
export function interpolateNow(ready: Ready, run: Run, text: string): string {
  const scope = run.scope;
  if (scope === null || !scope.unit.interpolates || !text.includes('${')) return text;
  const parts = piecesOf(text).map((piece) => partOf(ready, scope, piece, run.at));
  return filled(run, parts, run.at, false);
}

export function constant(value: Value): Code {
  return (run) => {
    step(run);
    return value;
  };
}

function filled(run: Run, parts: readonly Part[], at: number, clean: boolean): string {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = uncutText(run, part(run), at);
    expectUncut(run, text.length + value.length, at);
    text += clean ? noLineEnd(run, value, at) : value;
  }
  expectUncut(run, text.length, at);
  chargeOctets(run, text.length);
  return text;
}

function partOf(ready: Ready, scope: Scope, piece: Piece, at: number): Part {
  if (piece.piece === 'text') return piece.text;
  if (piece.piece === 'capture') return (run) => run.captures[piece.number] ?? '';
  return compileName(ready, scope, piece.name, at);
}

/** A variable or property, wherever it is declared. */
export function compileName(ready: Ready, scope: Scope, name: string, at: number): Code {
  if (isProperty(name)) {
    return (run) => {
      step(run);
      return run.facts.get(name) ?? readProperty(run, name, at);
    };
  }
  const slot = slotOf(scope, name);
  if (slot !== undefined) {
    return (run) => {
      step(run);
      return run.frame[slot] ?? '';
    };
  }
  const global = ready.globals.get(name);
  if (global !== undefined) {
    return (run) => {
      step(run);
      return readGlobal(run, name, global);
    };
  }
  return (run) => {
    step(run);
    return readLoose(run, name, at);
  };
}
