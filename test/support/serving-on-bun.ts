// The small server on Bun: bun test/support/serving-on-bun.ts, with an address to listen on as one line of JSON each on standard
// input. Each is answered by a line "listening PORT-OR-PROBLEM"; everything else is what the server tells. Ends with its
// standard input.

import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { serving } from '../../src/sys/serving-bun.ts';
import { servingHost } from './serving-host.ts';

const host = servingHost(serving, (line) => void writeSync(1, `${line}\n`));
for await (const line of createInterface({ input: process.stdin })) {
  writeSync(1, `listening ${await host.listen(JSON.parse(line))}\n`);
}
process.exit(0);
