// The message on its way in: from the wire through the decoder into the hand-off, with back-pressure both ways. Faults of
// the message itself are remembered while it is read to its end, then answered in qmail's order of precedence: bare LF,
// hops, size. In every case but a complete and faultless message the hand-off is aborted.

import { hopCounter } from '../mail/index.ts';
import type { HandOff } from '../queue/index.ts';
import { type DataDecoder, dataDecoder } from '../smtp/index.ts';
import { MAX_HOPS } from './limits.ts';
import type { ReplyName } from './replies.ts';
import { patience, silenceAnswer } from './silence.ts';
import type { Answer, SessionState } from './state.ts';

export type Arrived = { readonly octets: number } | { readonly refusal: Answer };

/** @param trace octets that go in front of the message */
export async function receive(session: SessionState, handOff: HandOff, trace: Uint8Array): Promise<Arrived> {
  const taker = { wanted: true, handOff };
  try {
    await handOff.write(trace);
    const arrived = await stream(session, taker);
    if ('refusal' in arrived) giveUp(taker);
    return arrived;
  } catch (error) {
    giveUp(taker);
    throw error;
  }
}

interface Taker {
  /** False once the message is known to be refused: it is read on, but goes nowhere. */
  wanted: boolean;
  readonly handOff: HandOff;
}

function giveUp(taker: Taker): void {
  if (taker.wanted) taker.handOff.abort();
  taker.wanted = false;
}

async function stream(session: SessionState, taker: Taker): Promise<Arrived> {
  const { wire, config } = session;
  const counter = hopCounter();
  const decoder = dataDecoder(counter, config.profile.hangsUpAtBareLf);
  for (;;) {
    const octets = await wire.octets(patience(session, config.timeouts.data));
    if ('silence' in octets) return { refusal: silenceAnswer(session, octets) };
    const decoded = decoder.feed(octets);
    if (decoder.bareLf && config.profile.hangsUpAtBareLf) return { refusal: 'bareLf' };
    if (decoder.bareLf || tooLarge(session, decoder)) giveUp(taker);
    if (taker.wanted && decoded.octets.length > 0) {
      const accepting = taker.handOff.write(decoded.octets);
      if (accepting) await accepting;
    }
    if (decoded.ended) {
      wire.unread(decoded.rest);
      const fault = faultOf(session, decoder, counter.hops);
      return fault === null ? { octets: decoder.octets } : { refusal: fault };
    }
  }
}

function tooLarge({ config }: SessionState, decoder: DataDecoder): boolean {
  const size = decoder.octets + decoder.lines * (config.profile.lineEndOctets - 1);
  return config.databytes > 0 && size > config.databytes;
}

function faultOf(session: SessionState, decoder: DataDecoder, hops: number): ReplyName | null {
  if (decoder.bareLf) return 'bareLf';
  if (hops >= MAX_HOPS) return 'hops';
  return tooLarge(session, decoder) ? 'databytes' : null;
}
