// Bun's TLS, by its own sockets: what node:tls has around them would cost a process more than the handshake does. A socket is taken
// over from whoever has spoken to the client so far; what is no socket (two pipes) is pumped into one.

import type { Channel } from '../session/index.ts';
import { reasonOf } from './both.ts';
import { type Pumped, pumped } from './pump-bun.ts';
import { secure, type TlsOptions } from './secured-bun.ts';
import { type BunConnection, connectionOn } from './socket-bun.ts';
import { SESSION_ID_CONTEXT } from './tls-both.ts';
import type { TlsEngine, TlsParameters } from './tls-types.ts';

interface Context {
  readonly options: TlsOptions;
  readonly asks: boolean;
}

const TLS_1_2 = 0x0303;

export const tls: TlsEngine = {
  keepsTickets: false, // what it seals is read by this process alone
  makeContext(parameters) {
    const { shared, clientCa, ciphers } = parameters;
    // Names of TLS 1.3 in the list are for node:tls to leave out.
    const needsContext = shared || (ciphers?.includes('TLS_') ?? false);
    const options = needsContext ? contextOptions(parameters) : plainOptions(parameters);
    if (!needsContext) tryOut(options);
    return { server: { options, asks: clientCa !== null } satisfies Context };
  },
  async accept({ channel, first }, { server }, seconds) {
    const { options, asks } = server as Context;
    try {
      const { connection, carried } = await bareOf(channel);
      return await secure(connection, { first, options, asks, seconds, carried });
    } catch (error) {
      return { failure: reasonOf(error as Error) };
    }
  },
};

/** For one connection. */
function plainOptions({ cert, key, clientCa, ciphers }: TlsParameters): TlsOptions {
  return {
    cert,
    key,
    ca: clientCa ?? cert, // whatever it is: without any Bun reads its own list of authorities, which takes 4 ms
    ...(ciphers === null ? {} : { ciphers }),
    ...asking(clientCa),
    minVersion: TLS_1_2,
  };
}

// A certificate that nobody knows is none; the mail comes all the same.
const asking = (clientCa: string | null) => ({ requestCert: clientCa !== null, rejectUnauthorized: false });

/** With a context that lives on, and sessions with it. */
function contextOptions(parameters: TlsParameters): TlsOptions {
  const { createSecureContext } = require('node:tls') as typeof import('node:tls');
  const options = {
    ...plainOptions(parameters),
    minVersion: 'TLSv1.2',
    sessionIdContext: SESSION_ID_CONTEXT,
  };
  return { secureContext: createSecureContext(options as never).context, ...asking(parameters.clientCa) };
}

/** @throws what the library says of the options, which it says when a listener is to use them: here one that nobody knows of */
function tryOut(tls: TlsOptions): void {
  const unix = `\0mvmtr-${process.pid}-${Math.random()}`; // no file (unix(7))
  Bun.listen({ unix, tls, socket: { data() {} } } as never).stop(true);
}

/** @throws when there are no descriptors left */
async function bareOf(channel: Channel): Promise<Pumped> {
  const taken = channel.takeSocket?.() ?? null;
  if (taken === null) return pumped(channel);
  const connection = typeof taken === 'number' ? await connectionOn(taken) : (taken as BunConnection);
  return { connection, carried: Promise.resolve() };
}
