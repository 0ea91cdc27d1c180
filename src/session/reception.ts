// The message on its way in: from the wire through the decoder into the intake, with back-pressure both ways. Faults of the
// message itself are remembered while it is read to its end, then answered in qmail's order of precedence: bare LF, hops,
// size. In every case but a complete and faultless message the intake is given up, and nothing of it goes anywhere.

import { hopCounter } from '../mail/index.ts';
import { type DataDecoder, dataDecoder } from '../smtp/index.ts';
import type { Intake, Settled } from './intake.ts';
import type { ReplyName } from './replies.ts';
import { patience, silenceAnswer } from './silence.ts';
import type { Answer, SessionState } from './state.ts';

export type Arrived = { readonly octets: number; readonly settled: Settled } | { readonly refusal: Answer };

export async function receive(session: SessionState, intake: Intake): Promise<Arrived> {
  const taker = { wanted: true, intake };
  try {
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
  readonly intake: Intake;
}

function giveUp(taker: Taker): void {
  if (taker.wanted) taker.intake.giveUp();
  taker.wanted = false;
}

async function stream(session: SessionState, taker: Taker): Promise<Arrived> {
  const { wire, config } = session;
  const counter = hopCounter();
  const decoder = dataDecoder(counter, config.profile.hangsUpAtBareLf);
  const counts = () => ({ hops: counter.hops, octets: decoder.octets, lines: decoder.lines });
  for (;;) {
    const octets = await wire.octets(patience(session, config.timeouts.data));
    if ('silence' in octets) return { refusal: silenceAnswer(session, octets) };
    const decoded = decoder.feed(octets);
    if (decoder.bareLf && config.profile.hangsUpAtBareLf) return { refusal: 'bareLf' };
    if (decoder.bareLf || tooLarge(session, decoder)) giveUp(taker);
    if (taker.wanted && decoded.octets.length > 0) {
      const accepting = taker.intake.take(decoded.octets, counts());
      if (accepting) await accepting;
      const { dropped } = taker.intake;
      if (dropped?.kind === 'reply') return { refusal: dropped };
    }
    if (decoded.ended) {
      wire.unread(decoded.rest);
      const fault = faultOf(session, decoder, counter.hops);
      if (fault !== null) return { refusal: fault };
      const settled = await taker.intake.settle(counts());
      taker.wanted = false; // from here on it is for whoever has what was settled
      return { octets: decoder.octets, settled };
    }
  }
}

function tooLarge({ config }: SessionState, decoder: DataDecoder): boolean {
  const size = decoder.octets + decoder.lines * (config.profile.lineEndOctets - 1);
  return config.databytes > 0 && size > config.databytes;
}

function faultOf(session: SessionState, decoder: DataDecoder, hops: number): ReplyName | null {
  if (decoder.bareLf) return 'bareLf';
  if (hops >= session.config.limits.hops) return 'hops';
  return tooLarge(session, decoder) ? 'databytes' : null;
}
