// Whether what TLS and AUTH need is out of the file that every session loads: read off the metafile of the build.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EAGER_FILE, ROOT } from '../../../src/build/bundle.mjs';

const BEHIND_DOORS =
  /^src\/(?:tls\/|sasl\/|auth\/|sys\/tls|sys\/channel-stream|sys\/(?:socket|secured|pump)-bun|session\/verbs\/(?:starttls|auth)\.ts)/;

/** Only where a password is checked is decided at the start, not how. */
const ALLOWED = ['src/auth/index.ts', 'src/auth/source.ts'];

/** Sources of TLS and AUTH in the eager file of the Node build, without those that belong there, and the file's octets. */
export function strangersInEagerFile() {
  const { outputs } = JSON.parse(readFileSync(join(ROOT, 'dist/node/meta.json'), 'utf8'));
  const { inputs, bytes } = outputs[`dist/node/${EAGER_FILE}`];
  const strangers = Object.entries(inputs)
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && BEHIND_DOORS.test(path))
    .map(([path]) => path)
    .filter((path) => !ALLOWED.includes(path));
  return { strangers, bytes };
}
