// Plays askings on Bun, over Bun's own sockets: bun test/contract/ident-on-bun.ts '[{"over":"ident", …}, …]'. Prints
// one JSON list of what came of them, in their order.

import { writeSync } from 'node:fs';
import { sys } from '../../src/sys/bun.ts';
import { type Asking, play } from './ident-askings.ts';

const askings = JSON.parse(process.argv[2] as string) as readonly Asking[];
const results = await Promise.all(askings.map((asking) => play(asking, sys)));
writeSync(1, JSON.stringify(results));
