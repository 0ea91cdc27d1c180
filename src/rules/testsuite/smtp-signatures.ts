// The commands and tests of vnd.mvmtr.testsuite: a simulated SMTP session with the rules
// that are to be tested, the world around it, and what came of it (docs/mfl.md, test
// format).

import type { PositionalSignature, Signature, TagSignature } from '../commands/signature.ts';
import { MATCHING } from '../commands/tags.ts';

const SMTP_TESTSUITE = 'vnd.mvmtr.testsuite';

type Rest = Partial<Pick<Signature, 'tags' | 'positional'>>;

const string = (name: string): PositionalSignature => ({ name, type: 'string' });
const list = (name: string): PositionalSignature => ({ name, type: 'list' });
const ALONE: TagSignature = { value: null };
const KEYS = list('keys');

function signature(kind: 'control' | 'test', name: string, rest: Rest = {}): Signature {
  return {
    name,
    kind,
    capability: SMTP_TESTSUITE,
    tags: {},
    positional: [],
    tests: 'none',
    block: false,
    hooks: null,
    ...rest,
  };
}

const TEMPORARY: Signature['tags'] = { tempfail: ALONE };

export const SMTP_COMMANDS: readonly Signature[] = [
  signature('control', 'test_client', {
    tags: {
      ip: { value: 'string' },
      host: { value: 'string' },
      rdns: { value: 'string' },
      port: { value: 'number' },
      service: { value: 'string' },
      relay: ALONE,
    },
  }),
  signature('control', 'test_control', { positional: [string('name'), list('values')] }),
  signature('control', 'test_dns', {
    tags: TEMPORARY,
    positional: [string('type'), string('name'), { ...list('answers'), optional: true }],
  }),
  signature('control', 'test_map', {
    tags: TEMPORARY,
    positional: [string('uri'), { ...string('key'), optional: true }, { ...string('value'), optional: true }],
  }),
  signature('control', 'test_fact', { positional: [string('property'), string('value')] }),
  signature('control', 'test_clock', {
    tags: { advance: { value: 'number' } },
    positional: [{ ...string('time'), optional: true }],
  }),
  signature('control', 'test_smtp', {
    tags: {
      connect: { value: null, group: 'what to do' },
      disconnect: { value: null, group: 'what to do' },
      starttls: { value: null, group: 'what to do' },
    },
    positional: [{ ...string('line'), optional: true }],
  }),
  signature('control', 'test_smtp_data', { positional: [string('message')] }),
];

const matching = (name: string, ...positional: readonly PositionalSignature[]): Signature =>
  signature('test', name, { tags: MATCHING, positional: [...positional, KEYS] });

export const SMTP_TESTS: readonly Signature[] = [
  signature('test', 'test_rules', { positional: [list('files')] }),
  signature('test', 'test_state'),
  matching('test_reply', string('part')),
  matching('test_verdict', string('part')),
  matching('test_queue'),
  matching('test_log'),
  matching('test_delay'),
  matching('test_report'),
];
