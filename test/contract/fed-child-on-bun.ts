// Starts a program with a secret on descriptor 3 on Bun: bun test/contract/fed-child-on-bun.ts '{"program": …}', a Feeding. Prints what
// came of it as JSON.

import { writeSync } from 'node:fs';
import { fedChild } from '../../src/sys/fed-child-bun.ts';
import { type Feeding, feed } from './feeding.ts';

writeSync(1, JSON.stringify(await feed(JSON.parse(process.argv[2] as string) as Feeding, fedChild)));
