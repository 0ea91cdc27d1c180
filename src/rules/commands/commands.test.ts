// The tables of commands, tests, functions, objects and hooks against each other: no name twice, no tag that leans on one that is not
// there, no capability nobody can require. And binding: which argument belongs to which tag.

import { describe, expect, it } from 'vitest';
import type { ArgumentNode, CommandNode, TestNode } from '../language/ast.ts';
import {
  addSignatures,
  bind,
  CAPABILITIES,
  commandSignature,
  FUNCTIONS,
  HOOK_NAMES,
  HOOKS,
  hooksBetween,
  hooksFrom,
  OBJECTS,
  PROPERTIES,
  SIGNATURES,
  setting,
  TEST_NAMES,
  testSignature,
} from './index.ts';

const tag = (name: string): ArgumentNode => ({ node: 'tag', at: 0, name });
const string = (value: string): ArgumentNode => ({ node: 'string', at: 0, value });

const test = (name: string, ...given: readonly ArgumentNode[]): TestNode => ({
  node: 'test',
  at: 0,
  name,
  arguments: given,
  tests: [],
});
const command = (name: string, ...given: readonly ArgumentNode[]): CommandNode => ({
  node: 'command',
  at: 0,
  name,
  arguments: given,
  tests: [],
  block: null,
});

describe('bind', () => {
  it('gives tags their values and leaves the rest in order', () => {
    const { tags, positional } = bind(
      test('header', tag('comparator'), string('i;octet'), tag('is'), string('a'), string('b')),
    );
    expect([...tags]).toEqual([
      ['comparator', string('i;octet')],
      ['is', null],
    ]);
    expect(positional).toEqual([string('a'), string('b')]);
  });

  it('takes tags behind the text', () => {
    const { tags, positional } = bind(
      command('report', string('k'), tag('key'), string('v'), string('note')),
    );
    expect(tags.get('key')).toEqual(string('v'));
    expect(positional).toEqual([string('k'), string('note')]);
  });

  it('lets a tag nobody knows stand alone, and one without its value', () => {
    expect(bind(command('keep', tag('nonsense'), string('a'))).tags.get('nonsense')).toBeNull();
    expect(bind(test('header', tag('comparator'), tag('is'))).tags.get('comparator')).toBeNull();
    expect(bind(command('nonsense', tag('constructor'), string('a'))).positional).toEqual([string('a')]);
  });

  it('is made once for each node', () => {
    const node = command('keep');
    expect(bind(node)).toBe(bind(node));
  });
});

describe('signatures', () => {
  it.each(SIGNATURES.map((signature) => [signature.name, signature] as const))('%s', (name, signature) => {
    const same = SIGNATURES.filter(
      (other) => other.name === name && (other.kind === 'test') === (signature.kind === 'test'),
    );
    expect(same).toEqual([signature]);
    expect(signature.kind === 'test' ? testSignature(name) : commandSignature(name)).toBe(signature);
    expect(TEST_NAMES.has(name)).toBe(testSignature(name) !== undefined);
    if (signature.capability !== null) expect(CAPABILITIES.has(signature.capability)).toBe(true);
    for (const each of Object.values(signature.tags)) {
      if (each.needs) expect(CAPABILITIES.has(each.needs)).toBe(true);
      if (each.with) expect(Object.keys(signature.tags)).toContain(each.with);
    }
    for (const group of signature.requiredGroups ?? []) {
      expect(Object.values(signature.tags).map((each) => each.group)).toContain(group);
    }
    for (const hook of signature.hooks ?? []) expect(HOOK_NAMES).toContain(hook);
    if (signature.kind === 'verdict') expect(signature.hooks).not.toBeNull();
  });

  it('can be added to', () => {
    expect(testSignature('example_test')).toBeUndefined();
    addSignatures([
      {
        name: 'example_test',
        kind: 'test',
        capability: 'vnd.example',
        tags: {},
        positional: [],
        tests: 'none',
        block: false,
        hooks: null,
      },
    ]);
    expect(testSignature('example_test')?.capability).toBe('vnd.example');
    expect(TEST_NAMES.has('example_test')).toBe(true);
  });
});

describe('hooks', () => {
  it('come in the order of a session', () => {
    expect(hooksBetween('mail', 'data')).toEqual(['mail', 'rcpt', 'data']);
    expect(hooksFrom('message')).toEqual(['message', 'deliver', 'queued']);
    expect(hooksFrom('connect')).toContain('denied');
    expect(hooksFrom('mail')).not.toContain('denied');
  });

  it('end in verdicts there are', () => {
    for (const { verdicts } of Object.values(HOOKS)) {
      for (const verdict of verdicts) expect(commandSignature(verdict)?.kind).toBe('verdict');
    }
  });
});

describe('objects and functions', () => {
  it.each([...PROPERTIES])('%s', (name, { hooks, writable }) => {
    expect(OBJECTS.has(name.slice(0, name.indexOf('.')))).toBe(true);
    expect(hooks.length).toBeGreaterThan(0);
    for (const hook of writable ?? []) expect(hooks).toContain(hook);
  });

  it('are called by other names than tests', () => {
    for (const name of FUNCTIONS.keys()) expect(testSignature(name)).toBeUndefined();
    for (const name of OBJECTS) expect(TEST_NAMES.has(name)).toBe(false);
  });

  it.each([
    ['max_size', 'number'],
    ['local_domains', 'list'],
    ['on_lookup_error.dnsbl', 'string'],
    ['text.reject', 'string'],
    ['on_lookup_error.nonsense', undefined],
    ['text.', undefined],
    ['constructor', undefined],
  ])('control.%s is a %s', (name, type) => expect(setting(name)?.type).toBe(type));
});
