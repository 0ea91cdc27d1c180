// The commands and tests of the testsuite capability: the ones Pigeonhole's testsuite has, by the same
// names and with the same arguments, so that a test file written for one runs on the other. `test_message`
// is both a command and a test.

import {
  type PositionalSignature,
  type Signature,
  type SignatureParts,
  signature,
  type TagSignature,
} from '../commands/signature.ts';
import { MATCHING } from '../commands/tags.ts';

export const TESTSUITE = 'vnd.dovecot.testsuite';

const INDEX: TagSignature = { value: 'number' };

function string(name: string): PositionalSignature {
  return { name, type: 'string' };
}

function command(
  kind: 'control' | 'test',
  name: string,
  positional: readonly PositionalSignature[] = [],
  parts: SignatureParts = {},
): Signature {
  return signature(kind, name, TESTSUITE, { positional, ...parts });
}

const KEYS: PositionalSignature = { name: 'keys', type: 'list' };
const MESSAGE_INDEX: PositionalSignature = { name: 'index', type: 'number' };
const SOURCE: Signature['tags'] = {
  smtp: { value: null, group: 'source' },
  queue: { value: null, group: 'source' },
  folder: { value: 'string', group: 'source' },
};

export const TESTSUITE_COMMANDS: readonly Signature[] = [
  command('control', 'test', [string('name')], { block: true, topLevel: true }),
  command('control', 'test_fail', [string('reason')]),
  command('control', 'test_set', [string('object'), string('value')]),
  command('control', 'test_config_set', [string('setting'), string('value')]),
  command('control', 'test_config_unset', [string('setting')]),
  command('control', 'test_config_reload', [], { tags: { extension: { value: 'string' } } }),
  command('control', 'test_result_reset'),
  command('control', 'test_result_print'),
  command('control', 'test_message', [MESSAGE_INDEX], { tags: SOURCE, requiredGroups: ['source'] }),
  command('control', 'test_message_print'),
  command('control', 'test_mailbox_create', [string('mailbox')]),
  command('control', 'test_mailbox_delete', [string('mailbox')]),
  command('control', 'test_binary_load', [string('name')]),
  command('control', 'test_binary_save', [string('name')]),
  command('control', 'test_imap_metadata_set', [string('annotation'), string('value')], {
    tags: { mailbox: { value: 'string' } },
  }),
];

export const TESTSUITE_TESTS: readonly Signature[] = [
  command('test', 'test_script_compile', [string('script')]),
  command('test', 'test_script_run', [], { tags: { append_result: { value: null } } }),
  command('test', 'test_multiscript', [{ name: 'scripts', type: 'list' }]),
  command('test', 'test_error', [KEYS], { tags: { ...MATCHING, index: INDEX } }),
  command('test', 'test_result_action', [KEYS], { tags: { ...MATCHING, index: INDEX } }),
  command('test', 'test_result_execute'),
  command('test', 'test_message', [MESSAGE_INDEX], { tags: SOURCE, requiredGroups: ['source'] }),
];
