import { expect, test } from 'vitest';
import { runMain } from '../interpreter/index.ts';
import { applyEdits } from './apply-edits.ts';
import { currentFields } from './fields.ts';
import { faultOf, inputFor, programFor, type World } from './script.fixture.ts';

const MESSAGE = 'Received: one\nX-A: first\nX-B: =?utf-8?Q?=C3=A4?=\nX-A: second\nx-a: third\nSubject: s\n\n';

async function headerAfter(script: string, properties: World['properties'] = {}) {
  const input = await inputFor({ message: MESSAGE, properties });
  const run = runMain(programFor(script), input);
  if (run.end !== 'done' || input.message === null) throw new Error(JSON.stringify(run));
  const lines = applyEdits(input.message.fields, run.effects).map(({ name, body }) => `${name}:${body}`);
  return { lines, seen: currentFields(input.message).map(({ name, body }) => `${name}:${body}`), run };
}

const BEFORE = MESSAGE.trim().split('\n');

test.each([
  ['addheader "X-C" "new";', ['X-C: new', ...BEFORE]],
  ['addheader :last "X-C" " new ";', [...BEFORE, 'X-C: new']],
  ['addheader "X-C" "ä";', ['X-C: =?utf-8?B?w6Q=?=', ...BEFORE]],
  ['addheader "X-C" "a\nX-Evil: b";', ['X-C: a X-Evil: b', ...BEFORE]],
  ['addheader "X-C" "a\n b";', ['X-C: a\r\n b', ...BEFORE]],
  ['deleteheader "X-A";', [BEFORE[0], BEFORE[2], BEFORE[5]]],
  ['deleteheader :index 2 "x-a";', [...BEFORE.slice(0, 3), ...BEFORE.slice(4)]],
  ['deleteheader :index 1 :last "x-a";', [...BEFORE.slice(0, 4), BEFORE[5]]],
  ['deleteheader :is "x-a" ["second", "first"];', [BEFORE[0], BEFORE[2], BEFORE[4], BEFORE[5]]],
  ['deleteheader :index 1 :is "x-a" "second";', BEFORE],
  ['deleteheader :contains "x-b" "ä";', [BEFORE[0], BEFORE[1], BEFORE[3], BEFORE[4], BEFORE[5]]],
  ['deleteheader "received"; deleteheader "Auto-Submitted";', BEFORE],
  ['deleteheader "x-none";', BEFORE],
  [
    'addheader "X-A" "zero"; deleteheader :index 1 "x-a"; addheader "X-A" "again";',
    ['X-A: again', ...BEFORE],
  ],
])('%j (RFC 5293 §4, §5)', async (script, expected) => {
  const { lines, seen } = await headerAfter(script);
  expect(lines).toEqual(expected);
  expect(seen).toEqual(expected);
});

test('later tests see the edits, and actions carry them (RFC 5293 §6)', async () => {
  const script = `keep; addheader "X-C" "new"; deleteheader "subject";
    if allof (header :is "x-c" "new", not exists "subject") { fileinto "A"; }`;
  const { run } = await headerAfter(script);
  const [keep, fileinto] = run.end === 'done' ? run.result.actions : [];
  expect(keep).toEqual({ action: 'keep' });
  expect(fileinto?.action === 'fileinto' && fileinto.fields?.[0]).toEqual({ name: 'X-C', body: ' new' });
});

test('a replayed run starts from the message as it came', async () => {
  const input = await inputFor({ message: MESSAGE });
  const program = programFor('addheader "X-C" "1"; if header :count "gt" "x-c" "1" { discard; }');
  runMain(program, input);
  const run = runMain(program, input);
  expect(run.end === 'done' && run.result.implicitKeep).toBe(true);
});

test('the administrator’s settings', async () => {
  const forbidden = {
    'sieve.sieve_editheader_forbid_add': 'X-C x-d',
    'sieve.sieve_editheader_protected': 'subject',
  };
  const { lines } = await headerAfter(
    'addheader "x-c" "1"; deleteheader "Subject"; deleteheader "x-b";',
    forbidden,
  );
  expect(lines).toEqual(BEFORE.filter((line) => !line.startsWith('X-B')));
  const world = { message: MESSAGE, properties: { 'sieve.sieve_editheader_max_header_size': '1k' } };
  expect(await faultOf(`addheader "x" "${'a'.repeat(1025)}";`, world)).toBe('MFL-SIEVE-HEADER');
  expect(await faultOf(`addheader "x" "${'a'.repeat(1024)}";`, world)).toBeNull();
});

test.each([
  ['addheader "X-C" "a\nX-Evil: b";', 1],
  ['addheader "X-C" "${evil}";', 1],
  ['addheader "X-C" "${evil}"; addheader "X-D" "${evil}";\naddheader "X-E" "${evil}";', 2],
  ['addheader "X-C" "a\n b\n\tc";', 0],
  ['addheader "X-C" text:\na\n.\n;', 0],
  ['addheader "X-C" "a\n\n";', 0],
])('%j: a line end that became a space is told once for each line of the script', async (script, times) => {
  const { run } = await headerAfter(`set "evil" "a\nReceived: b"; ${script}`);
  const logs = run.effects.filter(({ effect }) => effect === 'log');
  expect(logs).toHaveLength(times);
  for (const log of logs) {
    expect(log).toMatchObject({ level: 'warning', text: 'a line end in a value was made a space' });
  }
});
