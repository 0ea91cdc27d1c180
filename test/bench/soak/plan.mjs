// What a session of the soak says, and where it breaks off: all of it follows from the seed and the number of the session.
// A plan is `{ steps, cut }`. A step is octets that go out in one piece and the codes of the replies that are waited for:
// `{ octets, expects, end }`, where `end` says up to which octet a message is complete, and which. A cut is
// `{ step, offset, how }`: only so many octets of that step are sent, and then the client leaves, in one of four ways.
// A message is `{ id, sender, recipients, wire, crc, length }`: `crc` and `length` are of what has to arrive, from X-Soak on.

import { crc32 } from 'node:zlib';

const MOST_MESSAGES = 3;
const MOST_RECIPIENTS = 5;

/** Half of the contents are below the middle of these in size, counted in doublings. */
const SIZES = { least: 6, most: 16.5 };

const LONGEST_LINE = 900;

const SHARE = { cut: 0.35, garbage: 0.08, pipelined: 0.3, wholeStep: 0.5 };

/** Close with what is unread; end both ways in order; reset; end one way and listen. */
const WAYS = ['leave', 'finish', 'reset', 'half-close'];

const HELLO = { octets: Buffer.from('EHLO client.example\r\n'), expects: ['250'] };
const GREETING = { octets: Buffer.alloc(0), expects: ['220'] };
const QUIT = Buffer.from('QUIT\r\n');

export function planOf(seed, number) {
  const random = generator(seed, number);
  if (random() < SHARE.garbage) return garbage(random);
  const count = 1 + pick(random, MOST_MESSAGES);
  const messages = Array.from({ length: count }, (_, n) => makeMessage(random, `${number}.${n}`));
  const steps = [GREETING, HELLO, ...talk(random, messages)];
  return { messages, steps, cut: random() < SHARE.cut ? makeCut(random, steps) : null };
}

/** Mulberry32, started with both numbers: from 0 up to 1. */
function generator(seed, number) {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = (random, below) => Math.floor(random() * below);

function makeMessage(random, id) {
  const lines = [`X-Soak: ${id}`, 'Subject: soak', ''];
  let left = 2 ** (SIZES.least + random() * (SIZES.most - SIZES.least));
  while (left > 0) {
    const line = makeLine(random);
    lines.push(line);
    left -= line.length + 1;
  }
  const arrives = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
  const stuffed = lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  return {
    id,
    sender: `${id}@client.example`,
    recipients: Array.from({ length: 1 + pick(random, MOST_RECIPIENTS) }, (_, n) => `${id}.${n}@mx.example`),
    wire: Buffer.from(`${stuffed.join('\r\n')}\r\n.\r\n`, 'latin1'),
    crc: crc32(arrives),
    length: arrives.length,
  };
}

/** Mostly ordinary lines; empty ones, long ones, dots, and octets above 127. */
function makeLine(random) {
  const kind = random();
  if (kind < 0.05) return '';
  if (kind < 0.12) return '.'.repeat(1 + pick(random, 3)) + (random() < 0.5 ? '' : 'after dots');
  const length = 1 + pick(random, kind < 0.2 ? LONGEST_LINE : 78);
  const filling = kind < 0.3 ? String.fromCharCode(0xa0 + pick(random, 96)) : 'soak and rinse ';
  return filling.repeat(Math.ceil(length / filling.length)).slice(0, length);
}

/**
 * The steps of these messages and QUIT. Commands wait for their replies one by one, or go out together, as RFC 2920 allows: then
 * those of the next message, or QUIT, follow the final dot in one piece.
 */
function talk(random, messages) {
  const pipelined = random() < SHARE.pipelined;
  const steps = [];
  for (const message of messages) {
    for (const step of commands(message)) steps.push(step);
    const { wire } = message;
    steps.push({ octets: wire, expects: ['250'], end: { at: wire.length, id: message.id } });
  }
  steps.push({ octets: QUIT, expects: ['221'] });
  return pipelined ? together(steps) : steps;
}

const commands = ({ sender, recipients }) => [
  { octets: Buffer.from(`MAIL FROM:<${sender}>\r\n`), expects: ['250'] },
  ...recipients.map((address) => ({ octets: Buffer.from(`RCPT TO:<${address}>\r\n`), expects: ['250'] })),
  { octets: Buffer.from('DATA\r\n'), expects: ['354'] },
];

/** Joins the steps up to each DATA. */
function together(steps) {
  const joined = [];
  let open = null;
  for (const step of steps) {
    open = open === null ? step : join(open, step);
    if (step.expects[0] !== '354') continue;
    joined.push(open);
    open = null;
  }
  return [...joined, open];
}

const join = (one, other) => ({
  octets: Buffer.concat([one.octets, other.octets]),
  expects: [...one.expects, ...other.expects],
  end: one.end,
});

function makeCut(random, steps) {
  const step = pick(random, steps.length);
  const { length } = steps[step].octets;
  const offset = random() < SHARE.wholeStep ? length : pick(random, length + 1);
  return { step, offset, how: WAYS[pick(random, WAYS.length)] };
}

/** Octets that mean nothing, in a few pieces, to which nobody waits for an answer. */
function garbage(random) {
  const pieces = Array.from({ length: 1 + pick(random, 4) }, () => {
    const octets = Buffer.alloc(1 + pick(random, 3000), 'x');
    const kind = random();
    if (kind < 0.4) for (let at = 0; at < octets.length; at++) octets[at] = pick(random, 256);
    else if (kind < 0.6) octets.fill('\r\n');
    else if (kind < 0.8) octets.fill('RCPT TO:<@\r\n');
    return { octets, expects: [] };
  });
  const steps = random() < 0.5 ? [GREETING, ...pieces] : pieces;
  const last = { step: steps.length - 1, offset: steps.at(-1).octets.length };
  return { messages: [], steps, cut: { ...last, how: WAYS[pick(random, WAYS.length)] } };
}
