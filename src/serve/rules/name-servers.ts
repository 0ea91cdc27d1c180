// Which name servers answer for rules: those of control/nameservers, one "192.0.2.53" or "[2001:db8::53]:5353" a line, "#" before a
// comment; without that file, or with nothing in it, those of the system. A file that is there and cannot be used is
// thrown, and makes every question to DNS a failed one: the administrator meant other servers than the system's.

import { readFileSync } from 'node:fs';
import { parseServer, type ResolverSettings, readResolvConf, settingsFor } from '../../dns/index.ts';

export function nameServers(home: string): ResolverSettings {
  const entries = linesOf(`${home}/control/nameservers`);
  if (entries.length === 0) return readResolvConf();
  return settingsFor(
    entries.map((entry) => {
      const server = parseServer(entry);
      if (server === null) throw new Error(`control/nameservers: ${entry} is no address of a server`);
      return server;
    }),
  );
}

function linesOf(path: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new Error(`control/nameservers: ${code ?? String(error)}`);
  }
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
