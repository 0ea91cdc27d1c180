export { NOT_EXECUTED, OWN_TEXT_OCTETS, outcomeOf } from './exit-status.ts';
export { HELD_OCTETS, lateQueue } from './late.ts';
export { programFile, type QmailQueueOptions, qmailQueue } from './qmail-queue.ts';
export type { Envelope, HandOff, Outcome, Queue } from './queue.ts';
export { openSpool } from './spool.ts';

/** The Maildir hand-off, behind a door: nobody with qmail and without rules needs it. */
export const loadMaildirQueue = () => import('./maildirs.ts');
