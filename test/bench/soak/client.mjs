// Plays the plan of one session to a server.
// Invariants: everything about a message is told to `fates` as it happens: `sent` before the octet that completes it leaves,
// `answered` with the reply to it. A session is over when its socket is closed.
// Fails by returning a sentence: a reply that is not the one the plan expects, an end too early, or a session that hangs.

import { once } from 'node:events';
import { connect } from 'node:net';

const PATIENCE_MS = 60_000;

/** Returns null, or what went wrong. */
export async function playSession({ port, plan, fates }) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy();
  }, PATIENCE_MS);
  socket.on('error', () => {}); // the missing reply tells
  const problem = await playSteps({ socket, replies: repliesOf(socket), plan, fates });
  if (problem !== null) socket.destroy();
  await closed;
  clearTimeout(timer);
  return late ? `hangs (${problem ?? 'at the end'})` : problem;
}

async function playSteps({ socket, replies, plan: { steps, cut }, fates }) {
  for (const [at, step] of steps.entries()) {
    const isCut = at === cut?.step;
    const octets = isCut ? step.octets.subarray(0, cut.offset) : step.octets;
    const end = step.end !== undefined && octets.length >= step.end.at ? step.end : null;
    if (end !== null) fates.sent(end.id);
    if (octets.length > 0) socket.write(octets);
    if (isCut) return breakOff({ socket, replies, end, how: cut.how, fates });
    for (const [nth, code] of step.expects.entries()) {
      const reply = await replies.next();
      if (nth === 0 && end !== null && reply !== null) fates.answered(end.id, reply);
      if (!reply?.startsWith(code)) return `wanted ${code} in step ${at}: ${reply ?? 'the connection ended'}`;
    }
  }
  if ((await replies.next()) !== null) return 'a reply after 221';
  socket.end();
  return null;
}

/** A session that ends in one direction only is still answered. */
async function breakOff({ socket, replies, end, how, fates }) {
  if (socket.connecting) await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  if (how === 'reset') socket.resetAndDestroy();
  else if (how === 'leave') socket.destroy();
  else if (how === 'finish') socket.destroySoon();
  else {
    socket.end();
    let reply = await replies.next();
    if (end !== null && reply !== null) fates.answered(end.id, reply);
    while (reply !== null) reply = await replies.next();
  }
  return null;
}

/** `next()` is the next complete reply, or null at the end. */
function repliesOf(socket) {
  let said = '';
  let ended = false;
  let wake = () => {};
  socket.on('data', (octets) => {
    said += octets.toString('latin1');
    wake();
  });
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      ended = true;
      wake();
    });
  }
  const next = async () => {
    for (;;) {
      const found = /^\d{3}(?: [^\n]*)?\n/m.exec(said);
      if (found !== null) {
        const reply = said.slice(0, found.index + found[0].length);
        said = said.slice(reply.length);
        return reply;
      }
      if (ended) return null;
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
  };
  return { next };
}
