// The hand-off port: where an accepted message goes. An adapter starts taking the message before the client is told
// to send it, takes the envelope last, and queues nothing unless commit() was called. A failure on the way is
// remembered and comes out of commit(); it is always temporary unless the queue program itself called it permanent.

/** Sender and recipients of one message (RFC 5321 §2.3.1) as octet strings in qmail's form: no brackets, no quoting. */
export interface Envelope {
  /** '' is the null reverse-path. */
  readonly reversePath: string;
  readonly recipients: readonly string[];
}

/** What became of a message. `text` and `detail` (RFC 3463 subject.detail) are for the reply; `why` is for the log. */
export type Outcome =
  | { readonly kind: 'queued' }
  | {
      readonly kind: 'failed';
      readonly permanent: boolean;
      readonly detail: `${number}.${number}`;
      readonly text: string;
      readonly why: string;
    }
  /** The queue program wrote the reply itself (octet string, as written: it may hold anything). */
  | { readonly kind: 'answered'; readonly permanent: boolean; readonly text: string; readonly why: string };

/** One message on its way. */
export interface HandOff {
  /** What the queue calls this attempt, known after commit() at the latest: the process id of qmail-queue (the number after "qp"), a file name … */
  readonly id: string;
  /**
   * Message octets with LF line ends, in order. A promise means: wait before the next one, and leave the octets alone
   * until then; without one they are done with at once. Never throws; a failure is remembered.
   */
  write(octets: Uint8Array): void | Promise<void>;
  /** The message was complete: hand over the envelope and wait for the outcome. Never throws. */
  commit(envelope: Envelope): Promise<Outcome>;
  /** Give up: no envelope, nothing queued. Returns at once. Not after commit(). */
  abort(): void;
}

export interface Queue {
  /** Starts a hand-off; null when not even that works (no descriptors, no process: qmail's "qqt failure"). */
  open(): Promise<HandOff | null>;
}
