// The commands and tests of the testsuite capability: the ones Pigeonhole's testsuite has, by the same
// names and with the same arguments, so that a test file written for one runs on the other. `test_message`
// is both a command and a test.

import type { PositionalSignature, Signature, TagSignature } from '../commands/signature.ts';
import { MATCHING } from '../commands/tags.ts';

export const TESTSUITE = 'vnd.dovecot.testsuite';

const INDEX: TagSignature = { value: 'number' };

function string(name: string): PositionalSignature {
  return { name, type: 'string' };
}

function signature(
  kind: 'control' | 'test',
  name: string,
  positional: readonly PositionalSignature[] = [],
  rest: Partial<Pick<Signature, 'tags' | 'block' | 'topLevel' | 'requiredGroups'>> = {},
): Signature {
  return {
    name,
    kind,
    capability: TESTSUITE,
    tags: {},
    positional,
    tests: 'none',
    block: false,
    hooks: null,
    ...rest,
  };
}

const KEYS: PositionalSignature = { name: 'keys', type: 'list' };
const MESSAGE_INDEX: PositionalSignature = { name: 'index', type: 'number' };
const SOURCE: Signature['tags'] = {
  smtp: { value: null, group: 'source' },
  queue: { value: null, group: 'source' },
  folder: { value: 'string', group: 'source' },
};

export const TESTSUITE_COMMANDS: readonly Signature[] = [
  signature('control', 'test', [string('name')], { block: true, topLevel: true }),
  signature('control', 'test_fail', [string('reason')]),
  signature('control', 'test_set', [string('object'), string('value')]),
  signature('control', 'test_config_set', [string('setting'), string('value')]),
  signature('control', 'test_config_unset', [string('setting')]),
  signature('control', 'test_config_reload', [], { tags: { extension: { value: 'string' } } }),
  signature('control', 'test_result_reset'),
  signature('control', 'test_result_print'),
  signature('control', 'test_message', [MESSAGE_INDEX], { tags: SOURCE, requiredGroups: ['source'] }),
  signature('control', 'test_message_print'),
  signature('control', 'test_mailbox_create', [string('mailbox')]),
  signature('control', 'test_mailbox_delete', [string('mailbox')]),
  signature('control', 'test_binary_load', [string('name')]),
  signature('control', 'test_binary_save', [string('name')]),
  signature('control', 'test_imap_metadata_set', [string('annotation'), string('value')], {
    tags: { mailbox: { value: 'string' } },
  }),
];

export const TESTSUITE_TESTS: readonly Signature[] = [
  signature('test', 'test_script_compile', [string('script')]),
  signature('test', 'test_script_run', [], { tags: { append_result: { value: null } } }),
  signature('test', 'test_multiscript', [{ name: 'scripts', type: 'list' }]),
  signature('test', 'test_error', [KEYS], { tags: { ...MATCHING, index: INDEX } }),
  signature('test', 'test_result_action', [KEYS], { tags: { ...MATCHING, index: INDEX } }),
  signature('test', 'test_result_execute'),
  signature('test', 'test_message', [MESSAGE_INDEX], { tags: SOURCE, requiredGroups: ['source'] }),
];
