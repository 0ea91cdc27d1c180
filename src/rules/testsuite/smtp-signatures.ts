// The commands and tests of vnd.mvmtr.testsuite: a simulated SMTP session with the rules
// that are to be tested, the world around it, and what came of it (docs/mfl.md, test
// format).

import {
  type PositionalSignature,
  type Signature,
  type SignatureParts,
  signature,
  type TagSignature,
} from '../commands/signature.ts';
import { MATCHING } from '../commands/tags.ts';

const SMTP_TESTSUITE = 'vnd.mvmtr.testsuite';

const string = (name: string): PositionalSignature => ({ name, type: 'string' });
const list = (name: string): PositionalSignature => ({ name, type: 'list' });
const ALONE: TagSignature = { value: null };
const KEYS = list('keys');

const command = (kind: 'control' | 'test', name: string, parts: SignatureParts = {}): Signature =>
  signature(kind, name, SMTP_TESTSUITE, parts);

const TEMPORARY: Signature['tags'] = { tempfail: ALONE };

export const SMTP_COMMANDS: readonly Signature[] = [
  command('control', 'test_client', {
    tags: {
      ip: { value: 'string' },
      host: { value: 'string' },
      rdns: { value: 'string' },
      port: { value: 'number' },
      service: { value: 'string' },
      relay: ALONE,
    },
  }),
  command('control', 'test_control', { positional: [string('name'), list('values')] }),
  command('control', 'test_dns', {
    tags: TEMPORARY,
    positional: [string('type'), string('name'), { ...list('answers'), optional: true }],
  }),
  command('control', 'test_map', {
    tags: TEMPORARY,
    positional: [string('uri'), { ...string('key'), optional: true }, { ...string('value'), optional: true }],
  }),
  command('control', 'test_password', { positional: [string('user'), string('password')] }),
  command('control', 'test_fact', { positional: [string('property'), string('value')] }),
  command('control', 'test_clock', {
    tags: { advance: { value: 'number' } },
    positional: [{ ...string('time'), optional: true }],
  }),
  command('control', 'test_smtp', {
    tags: {
      connect: { value: null, group: 'what to do' },
      disconnect: { value: null, group: 'what to do' },
      starttls: { value: null, group: 'what to do' },
    },
    positional: [{ ...string('line'), optional: true }],
  }),
  command('control', 'test_smtp_data', { positional: [string('message')] }),
];

const matching = (name: string, ...positional: readonly PositionalSignature[]): Signature =>
  command('test', name, { tags: MATCHING, positional: [...positional, KEYS] });

export const SMTP_TESTS: readonly Signature[] = [
  command('test', 'test_rules', { positional: [list('files')] }),
  command('test', 'test_state'),
  matching('test_reply', string('part')),
  matching('test_verdict', string('part')),
  matching('test_queue'),
  matching('test_log'),
  matching('test_delay'),
  matching('test_report'),
];
