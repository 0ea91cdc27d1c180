// Postfix as a peer: an instance of its own below the scratch directory, on a loopback port, that shares nothing with the
// system's own but the programs. Mail for mx.example goes into its queue and from there to discard(8).
// Invariants: configuration, queue and data are all in the scratch directory; nothing is looked up in DNS; nothing is asked of
// a milter; no limit on clients or errors slows anybody down.
// Needs root, because master(8) does.

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findProgram } from './programs.mjs';
import { startServer } from './server.mjs';

const PROCESSES = 1200;

const settings = (directory) => ({
  compatibility_level: '3.6',
  queue_directory: join(directory, 'queue'),
  data_directory: join(directory, 'data'),
  syslog_name: 'mvmtr-bench',
  myhostname: 'mx.example',
  mydestination: '',
  relay_domains: 'mx.example',
  relay_transport: 'discard:',
  default_transport: 'discard:',
  local_transport: 'discard:',
  alias_maps: '',
  alias_database: '',
  inet_interfaces: '127.0.0.1',
  inet_protocols: 'ipv4',
  disable_dns_lookups: 'yes',
  // The clients of the bench are strangers, so that foreign recipients are refused.
  mynetworks: '192.0.2.1/32',
  smtpd_relay_restrictions: 'reject_unauth_destination',
  smtpd_recipient_restrictions: '',
  smtpd_milters: '',
  smtpd_peername_lookup: 'no',
  smtpd_tls_security_level: 'none',
  smtpd_error_sleep_time: '0',
  smtpd_soft_error_limit: '1000000',
  smtpd_hard_error_limit: '1000000',
  smtpd_client_connection_count_limit: '0',
  smtpd_timeout: '300s',
  default_process_limit: String(PROCESSES),
  message_size_limit: '0',
  mailbox_size_limit: '0',
});

/** Its services, as in the file that comes with it, without what has to do with delivery elsewhere. */
const services = (port) => `127.0.0.1:${port} inet n - n - ${PROCESSES} smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
`;

export function postfix() {
  const program = findProgram('postfix');
  return {
    name: 'postfix',
    title: 'Postfix, with its own queue',
    why: program === null ? 'Postfix is not there' : process.getuid() === 0 ? null : 'Postfix needs root',
    processes: true,
    ownQueue: true,
    start: ({ directory, log }, { descriptors }) => startPostfix(program, { directory, log, descriptors }),
  };
}

async function startPostfix(program, { directory, log, descriptors }) {
  const own = join(directory, 'postfix');
  const port = await freePort();
  configure(own, port);
  const command = [program, '-c', own, 'start-fg'];
  const server = await startServer({ command, port, log, descriptors: Math.max(descriptors, 4 * PROCESSES) });
  const stop = async () => {
    await server.stop();
    rmSync(own, { recursive: true, force: true });
  };
  return { ...server, stop };
}

/** Its processes run as another user, who has to get to their queue. */
function configure(own, port) {
  for (const name of ['', 'queue', 'data']) {
    mkdirSync(join(own, name), { recursive: true });
    chmodSync(join(own, name), 0o755);
  }
  const [user] = spawnSync('id', ['-u', 'postfix'], { encoding: 'utf8' }).stdout.split('\n').map(Number);
  chownSync(join(own, 'data'), user, 0);
  const lines = Object.entries(settings(own)).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(own, 'main.cf'), lines.join(''));
  writeFileSync(join(own, 'master.cf'), services(port));
}

/** A port that nobody had a moment ago: Postfix cannot be told to take any and say which. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
