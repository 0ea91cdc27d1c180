// The file of rules that tcprules has written, for as long as the listener runs. Before each look-up the file is asked
// whether it is still the one that is open; tcprules puts another one in its place at any time. Nothing of it is kept
// in memory, and one descriptor at most is open. A file that is not there any more, cannot be opened or read, or is
// damaged makes the verdict 'broken', as tcpserver then serves nobody; the next look-up tries again. Never throws.

import { type BigIntStats, statSync } from 'node:fs';
import { type CdbReader, openCdb } from '../../control/index.ts';
import { ALLOWED, type RemoteClient, type TcpVerdict, tcpVerdict } from './tcprules.ts';

export interface RulesFileOptions {
  /** tcpserver's -X: without a file everybody is allowed. It has to be absent; one that cannot be read is broken. */
  readonly mayBeMissing?: boolean;
}

export interface RulesFile {
  verdict(client: RemoteClient): TcpVerdict;
  /** Frees the descriptor; a verdict after it opens the file again. */
  close(): void;
}

/** A reader and the file that it reads, by all that tells it from another one in its place. */
interface Opened {
  readonly reader: CdbReader;
  readonly identity: string;
}

/** Opens nothing before the first verdict. */
export function openRulesFile(path: string, { mayBeMissing = false }: RulesFileOptions = {}): RulesFile {
  let opened: Opened | null = null;
  const close = (): void => {
    opened?.reader.close();
    opened = null;
  };
  const current = (): CdbReader => {
    const identity = identityOf(statSync(path, { bigint: true }));
    if (opened === null || opened.identity !== identity) {
      close();
      opened = { reader: openCdb(path), identity };
    }
    return opened.reader;
  };
  // Instead of rules, when there is no reader for them.
  const without = (error: NodeJS.ErrnoException): TcpVerdict =>
    mayBeMissing && error.code === 'ENOENT'
      ? ALLOWED
      : { kind: 'broken', reason: error.code ?? error.message };
  return {
    verdict(client) {
      let reader: CdbReader;
      try {
        reader = current();
      } catch (error) {
        close();
        return without(error as NodeJS.ErrnoException);
      }
      return tcpVerdict(reader.find, client);
    },
    close,
  };
}

// Throws for what is no file: a look-up must not wait for the other end of a pipe.
function identityOf(stats: BigIntStats): string {
  if (!stats.isFile()) throw new Error('not a file');
  return `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs}`;
}
