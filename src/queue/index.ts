export { type ExitStatus, NOT_EXECUTED, outcomeOf, OWN_TEXT_OCTETS } from './exit-status.ts';
export { qmailQueue, type QmailQueueOptions } from './qmail-queue.ts';
export type { Envelope, HandOff, Outcome, Queue } from './queue.ts';

/** The Maildir hand-off, behind a door: nobody with qmail needs it. */
export const loadMaildirQueue = () => import('./maildir.ts');
