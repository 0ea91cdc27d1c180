// A socket's channel over a socket that is plain data: what is read ahead and when the socket is paused, writes that wait and
// give up, being told to go between commands and nowhere else, and how it closes.

import { describe, expect, it } from 'vitest';
import { fromOctets, toOctets } from '../text/index.ts';
import { SocketConnection } from './socket-connection.ts';

/** Long enough for whatever happens at all; nothing waits for it. */
const LONG = 60;

/** A socket whose events a test makes happen. */
class PlainConnection extends SocketConnection {
  readonly remote = null;
  readonly local = null;
  /** What was asked of the socket, in order. */
  readonly calls: string[] = [];
  /** The kernel takes nothing at once. */
  isFull = false;

  protected send(octets: Uint8Array): boolean {
    this.calls.push(`send ${fromOctets(octets)}`);
    return !this.isFull;
  }

  protected pause(): void {
    this.calls.push('pause');
  }

  protected resume(): void {
    this.calls.push('resume');
  }

  protected end(): void {
    this.calls.push('end');
  }

  destroy(): void {
    this.calls.push('destroy');
  }

  readonly octets = (octets: Uint8Array): void => this.onOctets(octets);
  readonly sent = (): void => this.onSent();
  readonly ended = (): void => this.onEnded();
  readonly gone = (): void => this.onGone();
}

interface Wire {
  readonly held: PlainConnection;
  readonly calls: readonly string[];
  fill(): void;
}

function wired(): Wire {
  const held = new PlainConnection();
  const fill = (): void => {
    held.isFull = true;
  };
  return { held, calls: held.calls, fill };
}

const text = (read: Uint8Array | string): string =>
  typeof read === 'string' ? `(${read})` : fromOctets(read);

describe('reading', () => {
  it('waits for octets, and gives them as they come', async () => {
    const { held, calls } = wired();
    const first = held.channel.read(LONG);
    held.octets(toOctets('a'));
    expect(text(await first)).toBe('a');
    const second = held.channel.read(LONG);
    held.octets(toOctets('b'));
    expect(text(await second)).toBe('b');
    expect(calls).toEqual([]);
  });

  it('reads one piece ahead, then pauses the socket until more is asked for', async () => {
    const { held, calls } = wired();
    held.octets(toOctets('a'));
    expect(calls).toEqual(['pause']);
    expect(text(await held.channel.read(LONG))).toBe('a');
    expect(calls).toEqual(['pause']);
    const next = held.channel.read(LONG);
    expect(calls).toEqual(['pause', 'resume']);
    held.octets(toOctets('b'));
    expect(text(await next)).toBe('b');
    held.octets(toOctets('c'));
    expect(calls).toEqual(['pause', 'resume', 'pause']);
  });

  it('loses nothing that comes before a pause has come through, and pauses once', async () => {
    const { held, calls } = wired();
    for (const piece of ['a', 'b', 'c']) held.octets(toOctets(piece));
    const reads = [held.channel.read(LONG), held.channel.read(LONG), held.channel.read(LONG)];
    expect((await Promise.all(reads)).map(text)).toEqual(['a', 'b', 'c']);
    expect(calls).toEqual(['pause']);
  });

  it('takes no longer than it was given, and what comes later is for the next', async () => {
    const { held } = wired();
    expect(await held.channel.read(0)).toBe('timeout');
    held.octets(toOctets('late'));
    expect(text(await held.channel.read(LONG))).toBe('late');
  });

  it('gives what came before the end, then the end, again and again', async () => {
    const { held } = wired();
    held.octets(toOctets('last'));
    held.ended();
    expect(text(await held.channel.read(LONG))).toBe('last');
    expect(await held.channel.read(LONG)).toBe('end');
    expect(await held.channel.read(LONG)).toBe('end');
  });

  it.each(['ended', 'gone'] as const)('a reader that waits hears that the client has %s', async (how) => {
    const { held } = wired();
    const read = held.channel.read(LONG);
    held[how]();
    expect(await read).toBe('end');
  });
});

describe('writing', () => {
  it('is done at once when the kernel takes it', () => {
    const { held, calls } = wired();
    expect(held.channel.write('220 \xe9\r\n', LONG)).toBe(true);
    expect(calls).toEqual(['send 220 \xe9\r\n']);
  });

  it('waits for a client that takes it slowly', async () => {
    const { held, fill } = wired();
    fill();
    const written = held.channel.write('a', LONG);
    held.sent();
    expect(await written).toBe(true);
  });

  it('gives up in time, and says nothing more behind half a reply', async () => {
    const { held, calls, fill } = wired();
    fill();
    expect(await held.channel.write('a', 0)).toBe(false);
    held.sent();
    expect(await held.channel.write('b', LONG)).toBe(false);
    expect(calls).toEqual(['send a']);
  });

  it('fails when the client goes meanwhile, and ever after', async () => {
    const { held, calls, fill } = wired();
    fill();
    const written = held.channel.write('a', LONG);
    held.gone();
    expect(await written).toBe(false);
    expect(held.channel.write('b', LONG)).toBe(false);
    expect(calls).toEqual(['send a']);
  });

  it('still works when the client has only closed its side', () => {
    const { held } = wired();
    held.ended();
    expect(held.channel.write('221 bye\r\n', LONG)).toBe(true);
  });
});

describe('going down', () => {
  it('wakes a reader between commands', async () => {
    const { held } = wired();
    const read = held.channel.read(LONG, true);
    held.goingDown();
    expect(await read).toBe('closing');
  });

  it('leaves a reader inside a message alone, and tells the next one between commands', async () => {
    const { held } = wired();
    const inside = held.channel.read(LONG);
    held.goingDown();
    held.octets(toOctets('.\r\n'));
    expect(text(await inside)).toBe('.\r\n');
    expect(await held.channel.read(LONG, true)).toBe('closing');
  });

  it('lets commands that are here already be answered first', async () => {
    const { held } = wired();
    held.octets(toOctets('QUIT\r\n'));
    held.goingDown();
    expect(text(await held.channel.read(LONG, true))).toBe('QUIT\r\n');
    expect(await held.channel.read(LONG, true)).toBe('closing');
  });
});

describe('closing', () => {
  it('ends our side, reads on without keeping anything, and destroys a socket that stays', async () => {
    const { held, calls } = wired();
    held.octets(toOctets('unread'));
    held.close(0);
    held.octets(toOctets('more'));
    expect(calls).toEqual(['pause', 'end', 'resume']);
    expect(await held.channel.read(LONG)).toBe('end');
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(calls).toEqual(['pause', 'end', 'resume', 'destroy']);
  });

  it('destroys nothing that has gone by itself', async () => {
    const { held, calls } = wired();
    held.close(0);
    held.gone();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(calls).toEqual(['end']);
  });

  it('does nothing to a socket that is gone', () => {
    const { held, calls } = wired();
    held.gone();
    held.close(LONG);
    expect(calls).toEqual([]);
  });

  it('is told once, also to one who asks too late', () => {
    const { held } = wired();
    const told: unknown[] = [];
    held.onClosed((connection) => told.push(connection));
    expect(told).toEqual([]);
    held.gone();
    expect(told).toEqual([held]);
    held.onClosed((connection) => told.push(connection));
    expect(told).toEqual([held, held]);
  });
});
