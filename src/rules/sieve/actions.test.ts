import { describe, expect, test } from 'vitest';
import { USER_BUDGET } from '../interpreter/index.ts';
import type { SieveAction } from '../interpreter/result.ts';
import { faultOf, runScript, valueAfter, type World } from './script.fixture.ts';

async function resultOf(script: string, world: World = {}) {
  const run = await runScript(script, world);
  if (run.end !== 'done') throw new Error(JSON.stringify(run));
  return run.result;
}

const actionsOf = async (script: string): Promise<readonly SieveAction[]> => (await resultOf(script)).actions;

describe('the implicit keep (RFC 5228 §2.10.2)', () => {
  test.each([
    ['', true],
    ['stop;', true],
    ['keep;', false],
    ['discard;', false],
    ['fileinto "A";', false],
    ['fileinto :copy "A";', true],
    ['redirect "a@x.test";', false],
    ['redirect :copy "a@x.test";', true],
    ['redirect :list "addrbook:team";', false],
    ['redirect :list :copy "addrbook:team";', true],
    ['reject "no";', false],
    ['ereject "no";', false],
    ['set "a" "b"; addflag "\\\\Seen";', true],
    ['vacation "away";', true],
    ['if false { discard; }', true],
    ['stop; discard;', true],
  ])('%s', async (script, kept) => expect((await resultOf(script)).implicitKeep).toBe(kept));
});

describe('actions', () => {
  test.each<[string, readonly SieveAction[]]>([
    ['keep; keep;', [{ action: 'keep' }]],
    ['fileinto "A"; fileinto "A";', [{ action: 'fileinto', mailbox: 'A', copy: false, create: false }]],
    [
      'fileinto :copy "A"; fileinto :create "A";',
      [{ action: 'fileinto', mailbox: 'A', copy: false, create: true }],
    ],
    ['fileinto "Größe";', [{ action: 'fileinto', mailbox: 'Größe', copy: false, create: false }]],
    [
      'redirect "J <a@x.test>"; redirect "a@x.test";',
      [{ action: 'redirect', address: 'a@x.test', copy: false }],
    ],
    [
      'discard; fileinto "A";',
      [{ action: 'discard' }, { action: 'fileinto', mailbox: 'A', copy: false, create: false }],
    ],
    ['ereject "No.";', [{ action: 'reject', reason: 'No.', protocol: true }]],
    ['reject text:\nNo.\n.\n;', [{ action: 'reject', reason: 'No.\r\n', protocol: false }]],
    ['reject "no"; discard;', [{ action: 'reject', reason: 'no', protocol: false }, { action: 'discard' }]],
    ['keep :flags ["\\\\Seen $A", "bad)"];', [{ action: 'keep', flags: ['\\Seen', '$A'] }]],
    [
      'setflag "$A"; keep; setflag "$B"; fileinto "F";',
      [
        { action: 'keep', flags: ['$A'] },
        { action: 'fileinto', mailbox: 'F', copy: false, create: false, flags: ['$B'] },
      ],
    ],
    ['keep :flags "$A"; keep :flags "$B";', [{ action: 'keep', flags: ['$A', '$B'] }]],
  ])('%s', async (script, expected) => expect(await actionsOf(script)).toEqual(expected));

  test('what is recorded keeps its evaluated arguments', async () => {
    const [action] = await actionsOf(
      'set "x" "soon"; vacation :days 7 :addresses ["a@x.test", "b@x.test"] :mime "${x}";',
    );
    expect(action).toMatchObject({
      action: 'recorded',
      name: 'vacation',
      arguments: [':days 7', ':addresses a@x.test, b@x.test', ':mime', 'soon'],
      values: { days: 7, addresses: ['a@x.test', 'b@x.test'], mime: true, '0': 'soon' },
    });
  });
});

describe('conflicts (RFC 5429 §2, RFC 5230 §4.7) and bounds', () => {
  test.each([
    'reject "a"; reject "b";',
    'ereject "a"; reject "b";',
    'keep; reject "a";',
    'reject "a"; keep;',
    'fileinto "A"; ereject "a";',
    'reject "a"; fileinto :copy "A";',
    'redirect "a@x.test"; reject "a";',
    'vacation "away"; reject "a";',
    'reject "a"; vacation "away";',
    'vacation "away"; vacation "away";',
  ])('%s', async (script) => expect(await faultOf(script)).toBe('MFL-SIEVE-CONFLICT'));

  const times = (count: number, command: (n: number) => string): string =>
    Array.from({ length: count }, (_, n) => command(n)).join(' ');

  test('the number of actions', async () => {
    const fileinto = (n: number): string => `fileinto "F${n}";`;
    expect(await faultOf(times(USER_BUDGET.actions, fileinto))).toBeNull();
    expect(await faultOf(times(USER_BUDGET.actions + 1, fileinto))).toBe('MFL-SIEVE-ACTIONS');
  });

  test('the number of redirects', async () => {
    const redirect = (n: number): string => `redirect "a${n}@x.test";`;
    expect(await faultOf(times(USER_BUDGET.redirects, redirect))).toBeNull();
    expect(await faultOf(times(USER_BUDGET.redirects + 1, redirect))).toBe('MFL-SIEVE-REDIRECTS');
  });

  test.each([
    ['redirect "${none}";', 'MFL-SIEVE-ADDRESS'],
    ['redirect "a@x.test, b@x.test";', 'MFL-SIEVE-ADDRESS'],
    ['fileinto "${none}";', 'MFL-SIEVE-MAILBOX'],
    ['fileinto "${hex: ff}";', 'MFL-SIEVE-MAILBOX'],
    ['addheader "a b" "c";', 'MFL-SIEVE-HEADER'],
  ])('%s', async (script, code) => expect(await faultOf(script)).toBe(code));
});

describe('set (RFC 5229 §4)', () => {
  test.each([
    ['set "a" "juMBlEd lETteRS";', 'juMBlEd lETteRS'],
    ['set :length "a" "juMBlEd lETteRS";', '15'],
    ['set :lower "a" "juMBlEd lETteRS";', 'jumbled letters'],
    ['set :upperfirst "a" "juMBlEd lETteRS";', 'JuMBlEd lETteRS'],
    ['set :upperfirst :lower "a" "juMBlEd lETteRS";', 'Jumbled letters'],
    ['set :quotewildcard "a" "Rock*";', 'Rock\\*'],
    ['set :quotewildcard "a" "a?\\\\";', 'a\\?\\\\'],
    ['set :quotewildcard :length "a" "**";', '4'],
    ['set :length "a" "äöü📧";', '4'],
    ['set :upper "a" "grüße";', 'GRüßE'],
    ['set :lowerfirst "a" "ÄB";', 'ÄB'],
    ['set :quoteregex "a" "a.b(c)";', 'a\\.b\\(c\\)'],
    ['set :encodeurl "a" "a b/ä";', 'a%20b%2F%C3%A4'],
    ['set "A" "x";', 'x'],
    ['set "b" "1"; set "a" "${B}${b}";', '11'],
    ['set "a" "${unknown}";', ''],
    ['set "a" "&%${}!";', '&%${}!'],
    ['set "company" "ACME"; set "a" "${president, ${company} Inc.}";', '${president, ACME Inc.}'],
  ])('%s', async (script, expected) => expect(await valueAfter(script, 'a')).toBe(expected));
});

describe('include (RFC 6609)', () => {
  test('variables are the script’s own, but for global ones', async () => {
    const included = { 'personal/a': 'global "shared"; set "shared" "1"; set "own" "2"; return; keep;' };
    const script = 'global "shared"; set "own" "0"; include "a";';
    expect(await valueAfter(script, 'shared', { included })).toBe('1');
    expect(await valueAfter(script, 'own', { included })).toBe('0');
    expect(await valueAfter(script, 'global.shared', { included })).toBe('1');
  });

  test(':once, :optional and :global', async () => {
    const included = {
      'personal/a': 'global "n"; set "n" "${n}x";',
      'global/a': 'global "n"; set "n" "${n}g";',
    };
    const script =
      'global "n"; include "a"; include :once "a"; include "a"; include :global :once "a"; include :optional "b";';
    expect(await valueAfter(script, 'n', { included })).toBe('xxg');
    expect(await faultOf('include "b";', { included })).toBe('MFL-SIEVE-INCLUDE');
  });

  test('stop ends everything, return only the included script', async () => {
    const included = { 'personal/s': 'stop;', 'personal/r': 'return; discard;' };
    const one = await resultOf('include "r"; fileinto "A"; include "s"; fileinto "B";', { included });
    expect(one.actions.map((action) => action.action === 'fileinto' && action.mailbox)).toEqual(['A']);
  });

  test('depth is bounded', async () => {
    const included = { 'personal/a': 'include "a";' };
    expect(await faultOf('include "a";', { included })).not.toBeNull();
  });
});
