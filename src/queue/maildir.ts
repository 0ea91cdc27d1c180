// Hand-off into a Maildir, for people without qmail: one copy of each message, with Return-Path and a Delivered-To for
// every recipient in front. The message is collected in a file without a name, because the envelope comes last and belongs
// on top; the copy with a name is written, synced and only then linked into new/, so a reader never sees half a message.

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { toOctets } from '../text/index.ts';
import type { Envelope, HandOff, Outcome, Queue } from './queue.ts';

/** Octets copied at a time. */
const COPY_OCTETS = 256 * 1024;

let delivered = 0;

export interface MaildirOptions {
  /** The Maildir; it is made, with tmp, new and cur, if it is not there. */
  readonly directory: string;
  /** Part of the file names. */
  readonly hostName: string;
}

export function maildirQueue({ directory, hostName }: MaildirOptions): Queue {
  return {
    async open() {
      const name = uniqueName(hostName);
      try {
        for (const folder of ['tmp', 'new', 'cur'])
          mkdirSync(`${directory}/${folder}`, { recursive: true, mode: 0o700 });
        const spool = openSync(`${directory}/tmp/${name}.spool`, 'wx+', 0o600);
        unlinkSync(`${directory}/tmp/${name}.spool`);
        return handOff(directory, name, spool);
      } catch {
        return null;
      }
    },
  };
}

// Time, process and a counter are unique on one host (maildir(5)); "/" and ":" cannot stand in a file name.
function uniqueName(hostName: string): string {
  delivered += 1;
  const seconds = Math.floor(Date.now() / 1000);
  const host = hostName.replace(
    /[^A-Za-z0-9.-]/g,
    (octet) => `\\${octet.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `${seconds}.P${process.pid}Q${delivered}.${host}`;
}

function handOff(directory: string, name: string, spool: number): HandOff {
  let problem: unknown = null;
  return {
    id: name,
    write(octets) {
      if (problem !== null) return;
      try {
        for (let at = 0; at < octets.length; ) at += writeSync(spool, octets, at);
      } catch (error) {
        problem = error;
      }
    },
    async commit(envelope) {
      try {
        if (problem !== null) throw problem;
        await deliver(directory, name, spool, envelope);
        return { kind: 'queued' };
      } catch (error) {
        return failed(error);
      } finally {
        closeSync(spool);
      }
    },
    abort() {
      closeSync(spool);
    },
  };
}

async function deliver(directory: string, name: string, spool: number, envelope: Envelope): Promise<void> {
  const temporary = `${directory}/tmp/${name}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(toOctets(traceFields(envelope)));
      const buffer = new Uint8Array(COPY_OCTETS);
      for (let position = 0, count = -1; count !== 0; position += count) {
        count = readSync(spool, buffer, 0, buffer.length, position);
        await file.writeFile(buffer.subarray(0, count));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    // link() and not rename(): it fails, rather than replaces, if the name should be taken.
    await link(temporary, `${directory}/new/${name}`);
  } finally {
    await unlink(temporary).catch(() => {}); // a leftover in tmp/ is swept by every Maildir reader
  }
  syncDirectory(`${directory}/new`);
}

function traceFields({ reversePath, recipients }: Envelope): string {
  const safe = (address: string): string => address.replace(/[\x00-\x1f\x7f]/g, '?');
  const to = recipients.map((recipient) => `Delivered-To: ${safe(recipient)}\n`).join('');
  return `Return-Path: <${safe(reversePath)}>\n${to}`;
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function failed(error: unknown): Outcome {
  const why = String((error as Error | null)?.message ?? error);
  return { kind: 'failed', permanent: false, text: 'unable to write to the Maildir', detail: '3.0', why };
}
