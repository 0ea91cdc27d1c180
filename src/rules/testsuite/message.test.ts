// Messages of tests: line ends, the border between header
// and body, folded fields, and what the envelope is taken
// from.

import { describe, expect, it } from 'vitest';
import { envelopeAddress, envelopeOf } from './envelope.ts';
import { firstField, testMessage, withFields, withHeader } from './message.ts';

describe('testMessage', () => {
  it('splits header and body and makes line ends CRLF', () => {
    const { octets, body, view } = testMessage('From: a@b\nSubject: x\n\nBody\n');
    expect(octets).toBe('From: a@b\r\nSubject: x\r\n\r\nBody\r\n');
    expect(body).toBe('Body\r\n');
    expect(view.fields).toEqual([
      { name: 'From', body: ' a@b' },
      { name: 'Subject', body: ' x' },
    ]);
    expect(view.size).toBe(octets.length);
  });

  it.each([
    ['a header only', 'From: a@b\r\n', 1, ''],
    ['no header', '\r\nBody\r\n', 0, 'Body\r\n'],
    ['nothing', '', 0, ''],
    ['a line that is no field', 'From: a@b\r\nno field\r\nTo: c@d\r\n\r\nx', 2, 'x'],
    ['a body with an empty line', 'A: b\r\n\r\n\r\nx', 1, '\r\nx'],
  ])('%s', (_, text, fields, body) => {
    const message = testMessage(text);
    expect(message.view.fields).toHaveLength(fields);
    expect(message.body).toBe(body);
  });

  it('keeps folding in the field and gives it unfolded', () => {
    const { view } = testMessage('Subject: one\r\n two\r\n\tthree\r\n\r\n');
    expect(view.fields[0]?.body).toBe(' one\r\n two\r\n\tthree');
    expect(firstField(view.fields, 'SUBJECT')).toBe('one two\tthree');
    expect(firstField(view.fields, 'To')).toBeNull();
  });

  it('leaves out the continuation of a line that is no field', () => {
    const { view } = testMessage('Subject: one\r\nno field\r\n two\r\n\r\n');
    expect(view.fields).toEqual([{ name: 'Subject', body: ' one' }]);
  });

  it('is put together again as it was', () => {
    const { octets, view, body } = testMessage('A: 1\r\nB: 2\r\n 3\r\n\r\nBody\r\n');
    expect(withFields(view.fields, body)).toBe(octets);
  });

  it('has a new identity with another header, and its own header again', () => {
    const message = testMessage('A: 1\r\n\r\n');
    const edited = withHeader(message, [{ name: 'B', body: ' 2' }]);
    expect(edited.view).not.toBe(message.view);
    expect(edited.view.fields).toEqual([{ name: 'B', body: ' 2' }]);
    expect(withHeader(edited).view.fields).toBe(message.view.fields);
  });
});

describe('envelopeOf', () => {
  it.each([
    ['To: <a@example.org>\r\nFrom: B <b@example.org>', 'b@example.org', 'a@example.org'],
    [
      'Envelope-To: x@example.org\r\nTo: a@example.org\r\nFrom: b@example.org',
      'b@example.org',
      'x@example.org',
    ],
    ['Sender: s@example.org\r\nFrom: b@example.org', 's@example.org', 'recipient@example.com'],
    ['Return-Path: <r@example.org>\r\nSender: s@example.org', 'r@example.org', 'recipient@example.com'],
    ['Subject: x', 'sender@example.com', 'recipient@example.com'],
    ['From: nobody in particular', 'sender@example.com', 'recipient@example.com'],
  ])('%j', (header, from, to) => {
    expect(envelopeOf(testMessage(`${header}\r\n\r\n`))).toEqual({ from, to, originalTo: to, auth: '' });
  });
});

it.each([
  ['a@b.example', 'a@b.example'],
  ['<a@b.example>', 'a@b.example'],
  ['<>', ''],
  ['', ''],
])('the envelope address %j is %j', (text, address) => expect(envelopeAddress(text)).toBe(address));
