// The peers of `npm run bench`: ours, the floor under tcpserver, and what else is on this machine.
// A peer is `{ name, title, why, start(world, settings), … }`: `why` says what is missing for it, or is null. Settings are
// `{ queue, profile, rules, descriptors, withTls }`; start() gives what startServer() gives.
// `isOurs` where profiles and rules mean something, `processes` where each connection has a process of its own, `ownQueue`
// where there is no queue program to hand to, `only` where it can do nothing but these scenarios.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../../src/build/bundle.mjs';
import { postfix } from './postfix.mjs';
import { compileC, findProgram, makeCertificate } from './programs.mjs';
import { startServer } from './server.mjs';

const NATIVE = join(ROOT, 'dist/native/mvmtr');

/** More than any scenario has connections. */
const MOST_CONNECTIONS = '10000';

const LISTENER = ['-H', '-R', '-l', 'mx.example', '-c', MOST_CONNECTIONS, '-1'];

export const findPeers = (scratch) => [...ourServers(), sessions(), floor(scratch), postfix(), smtpServer()];

/** `mvmtr serve` in both builds. */
export const ourServers = () => [
  serve({
    name: 'serve-native',
    title: 'mvmtr serve, native',
    why: missingNativeBuild(),
    program: [NATIVE],
  }),
  serve({
    name: 'serve-node',
    title: 'mvmtr serve, Node',
    why: existsSync(join(ROOT, 'dist/node')) ? null : 'dist/node is not there',
    program: [process.execPath, join(ROOT, 'bin/mvmtr')],
  }),
];

/** The qmail home of ours, which takes mail for mx.example. */
export function makeHome(directory, name = 'qmail') {
  const home = join(directory, name);
  mkdirSync(join(home, 'control'), { recursive: true });
  for (const name of ['me', 'rcpthosts']) writeFileSync(join(home, 'control', name), 'mx.example\n');
  return home;
}

/** One with an ECDSA certificate; null where there is no openssl to make it. */
export function makeSecureHome(directory) {
  const home = makeHome(directory, 'qmail-tls');
  return makeCertificate(join(home, 'control/servercert.pem')) ? home : null;
}

const missingNativeBuild = () => (existsSync(NATIVE) ? null : 'dist/native is not there');

const serve = ({ name, title, why, program }) => ({
  name,
  title,
  why,
  isOurs: true,
  start: ({ home, log, secureHome }, { queue, profile, rules, descriptors, withTls = false }) => {
    const options = ourOptions({ home: withTls ? secureHome : home, profile, rules });
    const addresses = ['127.0.0.1:0', ...(withTls ? ['tls:127.0.0.1:0'] : [])];
    return startServer({
      command: [...program, 'serve', ...LISTENER, ...options, ...addresses],
      env: { QMAILQUEUE: queue.path },
      log,
      descriptors,
      withTls,
    });
  },
});

const ourOptions = ({ home, profile = 'mvmtr', rules = null }) => [
  ...['--profile', profile, '--qmail-home', home],
  ...(rules === null ? [] : ['-C', rules]),
];

/** One process per connection: what `serve` is an alternative to. */
const sessions = () => ({
  name: 'process-native',
  title: 'tcpserver + mvmtr, native',
  why: findProgram('tcpserver') === null ? 'tcpserver is not there' : missingNativeBuild(),
  isOurs: true,
  processes: true,
  start: ({ home, log }, { queue, profile, rules, descriptors }) =>
    startServer({
      command: tcpserver([NATIVE, ...ourOptions({ home, profile, rules })]),
      env: { QMAILQUEUE: queue.path },
      log,
      descriptors,
    }),
});

/** A longer queue of connections than tcpserver's own 20, so that none has to knock twice. */
const tcpserver = (program) => [
  findProgram('tcpserver'),
  ...LISTENER,
  '-b',
  '1000',
  '127.0.0.1',
  '0',
  ...program,
];

function floor(scratch) {
  const path = join(scratch, 'floor');
  const compiled = compileC({ source: 'floor.c', outfile: path, bare: true });
  const lacking = compiled ? 'tcpserver is not there' : 'there is no C compiler';
  return {
    name: 'floor',
    title: 'tcpserver + smallest C program',
    why: compiled && findProgram('tcpserver') !== null ? null : lacking,
    processes: true,
    only: ['quit'],
    start: ({ log }, { descriptors }) => startServer({ command: tcpserver([path]), log, descriptors }),
  };
}

/** The npm package, from where this variable says: it is no dependency of ours. */
function smtpServer() {
  const modules = process.env.MVMTR_BENCH_MODULES ?? '';
  const there = modules !== '' && existsSync(join(modules, 'smtp-server'));
  const script = fileURLToPath(new URL('smtp-server.mjs', import.meta.url));
  return {
    name: 'smtp-server',
    title: 'smtp-server (npm), which waits 100 ms before it greets',
    why: there ? null : 'MVMTR_BENCH_MODULES names no folder with the package smtp-server',
    start: ({ log }, { queue, descriptors }) =>
      startServer({ command: [process.execPath, script, modules, queue.path], log, descriptors }),
  };
}
