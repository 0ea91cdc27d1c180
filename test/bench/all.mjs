// npm run bench: the benches of `mvmtr serve` and of TLS, one after the other, with the same options. --only and --peer name what the
// first of them has; for TLS alone there is `npm run bench:tls`. Exits with the status of the first that fails.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const options = process.argv.slice(2);
const isChosen = options.some((option) => /^--(?:only|peer)\b/.test(option));

for (const bench of isChosen ? ['serve.mjs'] : ['serve.mjs', 'tls.mjs']) {
  const program = fileURLToPath(new URL(bench, import.meta.url));
  const { status } = spawnSync(process.execPath, [program, ...options], { stdio: 'inherit' });
  process.exitCode ||= status ?? 1;
}
