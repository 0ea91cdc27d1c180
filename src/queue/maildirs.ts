// What is behind the door to Maildirs.

export { type MaildirOptions, maildirQueue } from './maildir.ts';
export { type QuarantineOptions, quarantineQueue } from './quarantine.ts';
