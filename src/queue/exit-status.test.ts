// What every exit status of a queue program comes to (qmail.c: qmail_close()), all 256 codes and the signals: only a clean
// exit with everything taken is success, and permanent is only what the program itself calls permanent.

import { describe, expect, it } from 'vitest';
import type { ChildStatus } from '../sys/index.ts';
import { OWN_TEXT_OCTETS, outcomeOf } from './exit-status.ts';

const CODES = Array.from({ length: 256 }, (_, code) => code);
const SIGNALS: readonly ChildStatus[] = ['SIGKILL', 'SIGSEGV', 'SIGTERM', 'unknown'].map((signal) => ({
  signal,
}));
const TEXTS = ['', 'D', 'Dx', 'Dno', 'Zno', 'dno', '\0no', 'Kno', '2.0.0 ok', '\nno'];

/** What the program meant to be permanent without saying so in its own words. */
const isPermanent = (code: number): boolean => (code >= 11 && code <= 40) || code === 115;

describe('all codes, all texts', () => {
  it('only 0 with everything taken is success', () => {
    for (const text of TEXTS) {
      for (const code of CODES) {
        expect(outcomeOf({ code }, text, true).kind === 'queued', `${code} ${text}`).toBe(code === 0);
        expect(outcomeOf({ code }, text, false).kind, `${code} ${text}`).not.toBe('queued');
      }
      for (const status of SIGNALS) {
        for (const taken of [true, false]) {
          expect(outcomeOf(status, text, taken)).toMatchObject({ kind: 'failed', permanent: false });
        }
      }
    }
  });

  it('only 11 to 40, 115, and 82 or 88 with "D" are permanent', () => {
    for (const text of TEXTS) {
      for (const code of CODES) {
        const outcome = outcomeOf({ code }, text, true);
        if (outcome.kind === 'queued') continue;
        const own = code === 82 || code === 88;
        expect(outcome.permanent, `${code} ${text}`).toBe(own ? text === 'Dno' : isPermanent(code));
        expect(outcome.kind, `${code} ${text}`).toBe(own && text.length > 2 ? 'answered' : 'failed');
      }
    }
  });

  it('the taking of the message matters to 0 alone', () => {
    for (const code of CODES.slice(1)) {
      expect(outcomeOf({ code }, 'Dno', false)).toEqual(outcomeOf({ code }, 'Dno', true));
    }
  });

  it('says something to the client and tells the log which it was', () => {
    for (const code of CODES) {
      const outcome = outcomeOf({ code }, '', false);
      if (outcome.kind !== 'failed') throw new Error(`${code} is ${outcome.kind}`);
      expect(outcome.text).toMatch(/^[\x20-\x7e]+$/);
      expect(outcome.detail).toMatch(/^[0-9]\.[0-9]$/);
      expect(outcome.why).toContain(`exit ${code}`);
    }
  });
});

describe('single codes', () => {
  it.each([
    [11, true, '1.3', 'envelope address too long for qq'],
    [12, true, '3.0', 'qq permanent problem'],
    [31, true, '3.0', 'mail server permanently rejected message'],
    [40, true, '3.0', 'qq permanent problem'],
    [41, false, '3.0', 'qq temporary problem'],
    [53, false, '3.0', 'qq write error or disk full'],
    [71, false, '3.0', 'mail server temporarily rejected message'],
    [72, false, '4.1', 'connection to mail server timed out'],
    [74, false, '4.2', 'communication with mail server failed'],
    [100, false, '3.0', 'qq temporary problem'],
    [111, false, '3.0', 'qq temporary problem'],
    [115, true, '1.3', 'envelope address too long for qq'],
    [120, false, '3.0', 'unable to exec qq'],
    [127, false, '3.0', 'qq temporary problem'],
    [255, false, '3.0', 'qq temporary problem'],
  ])('qmail_close() of %d', (code, permanent, detail, text) => {
    expect(outcomeOf({ code }, '', true)).toMatchObject({ kind: 'failed', permanent, detail, text });
  });

  it('a clean exit that has not read everything is a read error', () => {
    expect(outcomeOf({ code: 0 }, '', false)).toMatchObject({ permanent: false, text: 'qq read error' });
  });

  it('death by a signal is a crash, whatever was written before', () => {
    expect(outcomeOf({ signal: 'SIGSEGV' }, 'Dno', true)).toMatchObject({
      text: 'qq crashed',
      why: expect.stringContaining('SIGSEGV'),
    });
  });
});

describe('the program’s own words', () => {
  const LONG = 'x'.repeat(1000);

  it.each([
    ['the letter goes', 'Dno', 'no'],
    ['… whatever it is', '\0no', 'no'],
    ['up to NUL', 'Dno\0yes', 'no'],
    ['NUL behind the letter', 'D\0no', ''],
    ['line ends stay for the session to clean', 'Zone\r\ntwo\n', 'one\r\ntwo\n'],
    ['8-bit octets likewise', 'D\xff\x80', '\xff\x80'],
    ['the length of what is looked at', `D${LONG}`, LONG.slice(0, OWN_TEXT_OCTETS - 1)],
    ['exactly that length', `D${LONG.slice(0, OWN_TEXT_OCTETS - 1)}`, LONG.slice(0, OWN_TEXT_OCTETS - 1)],
  ])('%s', (_, written, text) => {
    for (const code of [82, 88])
      expect(outcomeOf({ code }, written, true)).toMatchObject({ kind: 'answered', text });
  });

  it.each(['', 'D', 'Dx'])('%j is too short to be any', (written) => {
    expect(outcomeOf({ code: 82 }, written, true)).toMatchObject({ kind: 'failed', permanent: false });
  });
});
