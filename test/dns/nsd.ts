// A real name server, nsd, on a port of loopback, with zones of its own in a directory of its own; it needs no
// root. It is authoritative only and does not follow what leads out of its zones, as the servers of a site that
// asks its own lists may be. Starting fails with what nsd said.

import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Endpoint } from '../../src/sys/index.ts';
import { programPath } from '../support/needs.ts';

export interface NameServer {
  readonly endpoint: Endpoint;
  stop(): Promise<void>;
}

const ZONES = {
  'zone.example': `
$ORIGIN zone.example.
@        300 IN SOA ns.zone.example. host.zone.example. 1 3600 600 86400 300
@        IN NS ns
ns       IN A 127.0.0.1
mail     IN A 192.0.2.25
mail     IN AAAA 2001:db8::25
both     IN MX 20 second
both     IN MX 10 mail
second   IN A 192.0.2.26
nullmx   IN MX 0 .
text     IN TXT "v=test " "one record" "\\200\\255"
text     IN TXT "another"
long     IN TXT ${Array.from({ length: 20 }, (_, n) => `"${String(n).padStart(2, '0').repeat(100)}"`).join(' ')}
alias    IN CNAME mail
far      IN CNAME mail.elsewhere.example.
a.b      IN A 192.0.2.27
*.wild   IN A 192.0.2.28
`,
  '2.0.192.in-addr.arpa': `
$ORIGIN 2.0.192.in-addr.arpa.
@        300 IN SOA ns.zone.example. host.zone.example. 1 3600 600 86400 300
@        IN NS ns.zone.example.
25       IN PTR mail.zone.example.
26       IN PTR mail.zone.example.
`,
  'list.example': `
$ORIGIN list.example.
@        300 IN SOA ns.zone.example. host.zone.example. 1 3600 600 86400 300
@        IN NS ns.zone.example.
2.0.0.127 IN A 127.0.0.4
2.0.0.127 IN TXT "listed"
`,
};

export async function startNsd(directory: string): Promise<NameServer> {
  const port = await freePort();
  for (const [zone, text] of Object.entries(ZONES)) writeFileSync(join(directory, `${zone}.zone`), text);
  const config = join(directory, 'nsd.conf');
  writeFileSync(config, configuration(directory, port));
  const child = spawn(programPath('nsd') as string, ['-d', '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await started(child);
  return {
    endpoint: { address: '127.0.0.1', port },
    stop() {
      child.kill();
      return ended;
    },
  };
}

function configuration(directory: string, port: number): string {
  const zones = Object.keys(ZONES).map((zone) => `zone:\n  name: "${zone}"\n  zonefile: "${zone}.zone"\n`);
  return `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  verbosity: 1
  username: ""
  chroot: ""
  zonesdir: "${directory}"
  database: ""
  pidfile: "${directory}/nsd.pid"
  xfrdfile: "${directory}/xfrd.state"
  xfrdir: "${directory}"
  zonelistfile: "${directory}/zone.list"
  cookie-secret-file: ""
remote-control:
  control-enable: no
${zones.join('')}`;
}

// Resolves when it says that it has started; fails with what it said when it ends before.
function started(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`nsd ended: ${said.join('\n')}`)));
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      if (/nsd started/.test(line)) resolve();
    });
  });
}

function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
