// Questions that are put over real sockets, each once on every runtime: whose connection it is, from which of our
// addresses, and how far an exchange keeps to the address it is told to ask from.

import { askIdent } from '../../src/serve/listener/ident.ts';
import type { StartExchange, Sys } from '../../src/sys/index.ts';

export interface Asking {
  readonly over: 'ident' | 'tcp' | 'udp';
  /** Stands for the client's port; the server knows by it how to answer. */
  readonly about: number;
  /** Of the server, on 127.0.0.1. */
  readonly port: number;
  readonly from: string | null;
  readonly seconds: number;
}

const SERVER = '127.0.0.1';

/** What came of it; null when nothing did. */
export function play({ over, about, port, from, seconds }: Asking, sys: Sys): Promise<string | null> {
  if (over === 'ident') {
    const remote = { address: SERVER, port: about };
    return askIdent({
      remote,
      local: { address: from ?? SERVER, port: 25 },
      seconds,
      port,
      overTcp: sys.overTcp,
    });
  }
  const start = over === 'tcp' ? sys.overTcp : sys.overUdp;
  return firstWords(
    start,
    { address: SERVER, port, ...(from === null ? {} : { from }) },
    `${about} , 25\r\n`,
  );
}

function firstWords(
  start: StartExchange,
  to: Parameters<StartExchange>[0],
  question: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const finish = (words: string | null): void => {
      exchange.close();
      resolve(words);
    };
    const exchange = start(to, Buffer.from(question), {
      octets: (octets) => finish(Buffer.from(octets).toString('latin1')),
      over: () => finish(null),
    });
  });
}
