// npm run build: the Node build, dist/node/session.cjs with its doors beside it and esbuild's metafile.
// Invariants: files appear whole, by rename, doors before the file that asks for them, so that a build during a
// session or during another build does no harm. The eager file is within its budget or nothing is replaced.
// Fails with one line on stderr and exit 1.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { bundle, bundleSizes, EAGER_BUDGET, EAGER_FILE, ROOT } from './bundle.mjs';

const target = join(ROOT, 'dist/node');

async function main() {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  const directory = mkdtempSync(join(ROOT, 'dist/.node-'));
  try {
    const metafile = withFinalPaths(await bundle({ runtime: 'node', directory }));
    const sizes = bundleSizes(metafile);
    for (const { file, bytes } of sizes) console.log(`dist/node/${file}  ${(bytes / 1024).toFixed(1)} KB`);
    const eager = sizes[0].bytes;
    if (eager > EAGER_BUDGET) {
      throw new Error(
        `${EAGER_FILE} has ${eager} octets; every session loads it, and ${EAGER_BUDGET} is the limit`,
      );
    }
    writeFileSync(join(directory, 'meta.json'), JSON.stringify(metafile));
    copyFileSync(join(ROOT, 'src/build/load.cjs'), join(directory, 'load.cjs'));
    makeCache(directory);
    replaceFiles(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A policy and a session that go most of the ways that sessions go. */
const WARM_RULES = `const list nets = ["198.51.100.0/24", "2001:db8::/32"];
session number bad = 0;
transaction string kind = "";
boolean known(string name) { return name is "host.example" || ends_with(name, ".host.example"); }
hook connect {
  if (client.ip == "192.0.2.2" || ip_in(client.ip, nets)) { reject "No"; }
  log "from \${client.ip}";
}
hook helo(string name) { if (name matches "*.invalid" || known(name)) { reject "No"; } }
hook mail {
  if (sender.is_null) { return; }
  string domain = lower(sender.domain);
  if (domain is "bad.example" || domain in ["worse.example", "worst.example"]) { reject "No \${sender.address}"; }
  if (len(sender.localpart) > 64 || sender.size > 100M) { defer "Later"; }
  kind = "plain";
}
hook rcpt {
  foreach (string name in ["trap", "old"]) { if (rcpt.localpart is name) { bad += 1; reject :status "5.1.1" "No"; } }
  if (rcpt.localpart contains "spam" && !client.relay) { reject "No"; }
  if (kind != "plain" || bad > 3) { drop "Enough"; }
}
`;
const WARM_SESSION =
  'EHLO client.example\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<u@example.com>\r\nRCPT TO:<trap@example.com>\r\nRCPT TO:<u@example.org>\r\nDATA\r\n' +
  'Subject: x\r\n\r\n..x\r\n.\r\nRSET\r\nNOOP\r\nQUIT\r\n';

/** Keeps what V8 compiles, see load.cjs. Without it the build is good too, so a failure is only told. */
function makeCache(directory) {
  const home = join(directory, 'home');
  const control = join(home, 'control');
  mkdirSync(control, { recursive: true });
  writeFileSync(join(control, 'me'), 'mx.example.com\n');
  writeFileSync(join(control, 'rcpthosts'), 'example.com\n');
  writeFileSync(join(control, 'mvmtr.mfl'), WARM_RULES);
  const file = JSON.stringify(join(control, 'mvmtr.mfl'));
  const compile = `require(${JSON.stringify(join(directory, 'session.cjs'))}).main('mvmtr', ['compile', ${file}])`;
  const compiled = spawnSync(process.execPath, ['-e', compile], { encoding: 'utf8' });
  const script = join(ROOT, 'src/build/make-cache.cjs');
  const played = spawnSync(process.execPath, [script, directory, home], {
    input: WARM_SESSION,
    encoding: 'utf8',
  });
  rmSync(home, { recursive: true, force: true });
  if (compiled.status !== 0 || played.status !== 0) {
    console.error(`build: no code cache, so each session starts slower: ${compiled.stderr}${played.stderr}`);
  }
}

/** The metafile, speaking of dist/node and not of the temporary directory. */
function withFinalPaths({ inputs, outputs }) {
  const renamed = Object.entries(outputs).map(([path, output]) => [`dist/node/${basename(path)}`, output]);
  return { inputs, outputs: Object.fromEntries(renamed) };
}

function replaceFiles(directory) {
  mkdirSync(target, { recursive: true });
  const files = readdirSync(directory).sort((a, b) => Number(a === EAGER_FILE) - Number(b === EAGER_FILE));
  for (const file of files) renameSync(join(directory, file), join(target, file));
  for (const file of readdirSync(target)) {
    if (!files.includes(file)) rmSync(join(target, file), { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error.errors === undefined ? `build: ${error.message}` : 'build: failed');
  process.exitCode = 1;
});
