// Sends notifications on Bun: bun test/support/notify-on-bun.ts SOCKET MESSAGE… Prints one JSON list of what went wrong with each,
// or null.

import { writeSync } from 'node:fs';
import { sendNotify } from '../../src/sys/notify-bun.ts';

const [socketPath = '', ...messages] = process.argv.slice(2);
const problems = [];
for (const message of messages) problems.push(await sendNotify(socketPath, message));
writeSync(1, JSON.stringify(problems));
