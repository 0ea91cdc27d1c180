// The programs that the bench and the soak need: what is found on this machine, and what is compiled for the occasion.
// Invariants: a compiled program is static, so that starting it costs as little as it can; nothing is written outside the
// directory that is handed in.
// Without a C compiler the queue programs are shell scripts, which cost several times as much; `how` says so.

import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where system programs are that an ordinary user's PATH may not name. */
const MORE_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Full path of a program, or null. */
export function findProgram(name) {
  const directories = (process.env.PATH ?? '').split(':').filter((directory) => directory !== '');
  return (
    [...directories, ...MORE_DIRECTORIES].map((directory) => join(directory, name)).find(isExecutable) ?? null
  );
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes a key on P-256 and a certificate for mx.example into one file; false without openssl. */
export function makeCertificate(file) {
  const openssl = findProgram('openssl');
  if (openssl === null) return false;
  const [key, certificate] = [`${file}.key`, `${file}.cert`];
  const { status, stderr } = spawnSync(
    openssl,
    [
      ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      ...['-subj', '/CN=mx.example', '-days', '30', '-keyout', key, '-out', certificate],
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl makes no certificate: ${stderr.trim()}`);
  writeFileSync(file, readFileSync(key) + readFileSync(certificate), { mode: 0o600 });
  for (const part of [key, certificate]) rmSync(part);
  return true;
}

/** Compiles a C file (named as seen from this folder); false without a compiler. `defines` are strings by name; `bare`: see bare.h. */
export function compileC({ source, outfile, defines = {}, bare = false }) {
  const compiler = ['cc', 'gcc'].map(findProgram).find((path) => path !== null);
  if (compiler === undefined) return false;
  const macros = Object.entries(defines).map(([name, text]) => `-D${name}=${JSON.stringify(text)}`);
  const file = fileURLToPath(new URL(source, import.meta.url));
  const start = bare ? ['-nostartfiles'] : [];
  const options = ['-O2', '-static', ...start, ...macros, file, '-o', outfile];
  const { status, stderr } = spawnSync(compiler, options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${source} does not compile: ${stderr.trim()}`);
  return true;
}

/**
 * A queue program in `directory`: `{ path, how, taken(), forget() }`. `taken()` gives the length of each message that was
 * handed over completely since `forget()`. With `sync` each message is put on the disk first.
 */
export function makeQueue(directory, { sync = false } = {}) {
  const name = sync ? 'queue-sync' : 'queue-null';
  const path = join(directory, name);
  const count = `${path}.count`;
  const messages = sync ? `${path}.messages` : null;
  writeFileSync(count, '');
  if (messages !== null) mkdirSync(messages);
  const defines = { COUNT_FILE: count, ...(messages !== null && { SYNC_DIRECTORY: messages }) };
  const compiled = compileC({ source: 'queue.c', outfile: path, defines, bare: true });
  if (!compiled) {
    writeFileSync(path, queueScript(count, messages));
    chmodSync(path, 0o755);
  }
  return {
    path,
    how: compiled ? 'a C program' : 'a shell script (no C compiler here)',
    taken: () => readFileSync(count, 'latin1').split('\n').slice(0, -1).map(Number),
    forget: () => truncateSync(count),
  };
}

/** What queue.c does. Descriptor 1 is another one within `$( )`. */
const queueScript = (count, messages) => `#!/bin/sh
exec 3<&1
${
  messages === null
    ? 'octets=$(wc -c) || exit 54'
    : `file=${quoted(messages)}/$$
cat >"$file" && sync "$file" || exit 53
octets=$(wc -c <"$file")`
}
[ "$(tail -c 2 <&3 | od -An -tx1)" = ' 00 00' ] || exit 91
echo "$octets" >>${quoted(count)} || exit 53
`;

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
