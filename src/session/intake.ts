// Where a message goes while it arrives, by what has to be kept back until the policy has spoken: nothing (straight into the
// hand-off), its header (released after the `headers` stage), or all of it (spooled; the queue sees nothing before the last
// verdict). Refusals at `headers` are remembered and answered at the end of the message. A message that has lost all of
// its recipients to rules is for nobody, and is forgotten.

import { editHeader, type HeaderField, parseHeader } from '../mail/index.ts';
import type { Decision, HeaderEdit, MessageFacts, Ruling } from '../policy/index.ts';
import type { HandOff } from '../queue/index.ts';
import { fromOctets, toOctets } from '../text/index.ts';
import { consult } from './asking.ts';
import { HEADER_HELD } from './limits.ts';
import type { Spool } from './ports.ts';
import type { SessionState } from './state.ts';

/** What has been decided about a whole message. `proceed` comes with the hand-off that has it. */
export type Settled =
  | { readonly kind: 'proceed'; readonly handOff: HandOff }
  | { readonly kind: 'unavailable' }
  | Exclude<Decision, { readonly kind: 'proceed' } | { readonly kind: 'quarantine' }>;

/** Counts of the message that only the decoder's user has. */
export interface Counts {
  readonly hops: number;
  readonly octets: number;
  readonly lines: number;
}

export interface Intake {
  /** Message octets, in order; they are done with when this resolves. */
  take(octets: Uint8Array, counts: Counts): void | Promise<void>;
  /** Why there is no point in reading on: the policy hangs up. null as long as there is one. */
  readonly dropped: Decision | null;
  /** The message is refused or incomplete, or settle() has thrown: nothing of it goes anywhere. */
  giveUp(): void;
  /** The message was complete. Not after giveUp(). */
  settle(counts: Counts): Promise<Settled>;
}

/** @returns null when the queue cannot be started */
export async function openIntake(session: SessionState, trace: Uint8Array): Promise<Intake | null> {
  const { config, services } = session;
  if (config.policy.holds === 'message') return spooled(session, trace);
  const handOff = await services.queue.open();
  if (!handOff) return null;
  return config.policy.holds === 'header'
    ? heldHeader(session, handOff, trace)
    : direct(session, handOff, trace);
}

function direct(session: SessionState, handOff: HandOff, trace: Uint8Array): Intake {
  let traced = false;
  return {
    take(octets) {
      if (traced) return handOff.write(octets);
      traced = true;
      const waiting = handOff.write(trace);
      return waiting ? waiting.then(() => handOff.write(octets)) : handOff.write(octets);
    },
    dropped: null,
    giveUp: () => handOff.abort(),
    settle: async () => {
      if (!traced) await handOff.write(trace);
      return handedOver(session, handOff);
    },
  };
}

function heldHeader(session: SessionState, handOff: HandOff, trace: Uint8Array): Intake {
  const header = headerHold();
  let refusal: Decision | null = null;
  const release = async (counts: Counts): Promise<void> => {
    const held = header.all();
    const { decision, edits } = await judgeHeader(session, held, counts);
    if (decision.kind !== 'proceed') {
      refusal = decision;
      handOff.abort();
      return;
    }
    await handOff.write(trace);
    await handOff.write(toOctets(edited(held.text, edits) + held.rest));
  };
  return {
    take(octets, counts) {
      if (refusal) return undefined;
      if (header.done) return handOff.write(octets);
      header.add(octets);
      return header.done ? release(counts) : undefined;
    },
    get dropped() {
      return refusal && hangsUp(refusal) ? refusal : null;
    },
    giveUp() {
      if (!refusal) handOff.abort();
    },
    async settle(counts) {
      if (!header.done) await release(counts);
      return refusal ? (refusal as Settled) : handedOver(session, handOff);
    },
  };
}

function spooled(session: SessionState, trace: Uint8Array): Intake {
  const header = headerHold();
  const spool = session.services.spool();
  const look = lookAt();
  let refusal: Decision | null = null;
  /** The header as the `headers` stage has left it. */
  let text = '';
  const atHeaders = async (counts: Counts): Promise<void> => {
    const held = header.all();
    const judged = await judgeHeader(session, held, counts);
    text = edited(held.text, judged.edits);
    if (judged.decision.kind !== 'proceed') refusal = judged.decision;
  };
  return {
    take(octets, counts) {
      if (refusal) return undefined;
      spool.write(octets);
      look.at(octets);
      if (header.done) return undefined;
      header.add(octets);
      return header.done ? atHeaders(counts) : undefined;
    },
    get dropped() {
      return refusal && hangsUp(refusal) ? refusal : null;
    },
    giveUp: () => spool.close(),
    async settle(counts) {
      try {
        if (!header.done) await atHeaders(counts);
        if (refusal) return refusal as Settled;
        const facts = messageFacts(text, counts, { ...look.seen(), spool });
        const ruling = await consult(session, { stage: 'message', subject: '', message: facts });
        const body = header.all().text.length;
        return await carryOut(session, ruling, {
          header: edited(text, ruling.header ?? []),
          body,
          trace,
          spool,
        });
      } finally {
        spool.close();
      }
    },
  };
}

function hangsUp(decision: Decision): boolean {
  return decision.kind === 'reply' && decision.reply.close === true;
}

interface Kept {
  /** As it goes out. */
  readonly header: string;
  /** Where in the spool the rest begins. */
  readonly body: number;
  readonly trace: Uint8Array;
  readonly spool: Spool;
}

async function carryOut(session: SessionState, ruling: Ruling, kept: Kept): Promise<Settled> {
  const { decision, delay = 0 } = ruling;
  if (delay > 0) await session.services.sleep(delay);
  if (decision.kind !== 'proceed' && decision.kind !== 'quarantine') return decision;
  if (decision.kind === 'proceed' && isForNobody(session)) return FOR_NOBODY;
  const queue =
    decision.kind === 'proceed' ? session.services.queue : await session.services.quarantine(decision.into);
  const handOff = await queue.open();
  if (!handOff) return { kind: 'unavailable' };
  try {
    await pourOut(kept, handOff);
  } catch (error) {
    handOff.abort();
    throw error;
  }
  return { kind: 'proceed', handOff };
}

async function pourOut({ trace, header, body, spool }: Kept, handOff: HandOff): Promise<void> {
  await handOff.write(trace);
  await handOff.write(toOctets(header));
  let skip = body;
  for (const chunk of spool.chunks()) {
    const from = Math.min(skip, chunk.length);
    skip -= from;
    if (from < chunk.length) await handOff.write(chunk.subarray(from));
  }
}

const FOR_NOBODY: Settled = { kind: 'discard', why: 'nobody-left' };

function handedOver(session: SessionState, handOff: HandOff): Settled {
  if (!isForNobody(session)) return { kind: 'proceed', handOff };
  handOff.abort();
  return FOR_NOBODY;
}

function isForNobody({ transaction }: SessionState): boolean {
  return transaction?.recipients.length === 0;
}

async function judgeHeader(
  session: SessionState,
  { text, cut }: HeldHeader,
  counts: Counts,
): Promise<{ decision: Decision; edits: readonly HeaderEdit[] }> {
  if (cut) {
    const words = `rules see the first ${HEADER_HELD} octets of the header`;
    session.services.log({ event: 'note', level: 'warning', text: words, where: 'headers' });
  }
  if (!session.config.policy.speaksAt('headers')) return { decision: { kind: 'proceed' }, edits: [] };
  const ruling = await consult(session, {
    stage: 'headers',
    subject: '',
    message: messageFacts(text, counts, null),
  });
  if (ruling.delay !== undefined) await session.services.sleep(ruling.delay);
  return { decision: ruling.decision, edits: ruling.header ?? [] };
}

function messageFacts(
  text: string,
  { hops, octets, lines }: Counts,
  whole: (Seen & { readonly spool: Spool }) | null,
): MessageFacts {
  const header = parseHeader(text);
  return {
    fields: header.fields,
    headerOctets: header.octets,
    hops,
    complete: whole && { octets, lines, ...whole, read: (most) => readSpool(whole.spool, most) },
  };
}

function readSpool(spool: Spool, most: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  let left = most;
  for (const chunk of spool.chunks()) {
    pieces.push(chunk.slice(0, left));
    left -= Math.min(left, chunk.length);
    if (left === 0) break;
  }
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

// A line that is no field ends the fields; it is kept, with what follows.
function edited(text: string, edits: readonly HeaderEdit[]): string {
  if (edits.length === 0) return text;
  const header = parseHeader(text);
  const remove = new Set(edits.flatMap((edit) => (edit.edit === 'delete' ? edit.fields : [])));
  const added = (last: boolean): HeaderField[] =>
    edits.flatMap((edit) =>
      edit.edit === 'add' && edit.last === last ? [{ name: edit.name, body: ` ${edit.value}` }] : [],
    );
  // What is added in front later stands further up.
  const fields = editHeader(text.slice(0, header.octets), header, {
    remove,
    first: added(false).reverse(),
    last: added(true),
  });
  return fields + text.slice(header.octets);
}

interface HeldHeader {
  readonly text: string;
  /** What came behind it. */
  readonly rest: string;
  /** There is more of it than may be held. */
  readonly cut: boolean;
}

/** The header as it arrives, up to the blank line or to what may be held of it. */
function headerHold() {
  // Joined only once: a client may send octet by octet.
  const pieces: string[] = [];
  let length = 0;
  let last = '\n';
  let held: HeldHeader | null = null;
  return {
    get done() {
      return held !== null;
    },
    add(octets: Uint8Array): void {
      const piece = fromOctets(octets);
      const blank = `${last}${piece}`.indexOf('\n\n');
      pieces.push(piece);
      const end = blank < 0 ? length + piece.length : length + blank;
      const cut = end > HEADER_HELD;
      if (blank >= 0 || cut) {
        const whole = pieces.join('');
        const fields = cut ? lastField(whole.slice(0, HEADER_HELD)) : end;
        held = { text: whole.slice(0, fields), rest: whole.slice(fields), cut };
      }
      length += piece.length;
      last = piece.at(-1) ?? last;
    },
    all: (): HeldHeader => held ?? { text: pieces.join(''), rest: '', cut: false },
  };
}

// Where the last field starts: it may not be whole yet, so it counts to the body.
function lastField(text: string): number {
  let at = text.lastIndexOf('\n', text.length - 2);
  while (at >= 0 && (text[at + 1] === ' ' || text[at + 1] === '\t')) at = text.lastIndexOf('\n', at - 1);
  return at + 1;
}

interface Seen {
  readonly longestLine: number;
  readonly has8Bit: boolean;
  readonly hasNul: boolean;
}

function lookAt() {
  let longestLine = 0;
  let line = 0;
  let has8Bit = false;
  let hasNul = false;
  return {
    at(octets: Uint8Array): void {
      for (const octet of octets) {
        if (octet === 0x0a) {
          if (line > longestLine) longestLine = line;
          line = 0;
        } else {
          line += 1;
          if (octet > 0x7f) has8Bit = true;
          else if (octet === 0) hasNul = true;
        }
      }
    },
    seen: (): Seen => ({ longestLine: Math.max(longestLine, line), has8Bit, hasNul }),
  };
}
