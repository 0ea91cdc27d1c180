// Goes through the checks on Bun, over Bun's own sockets: bun test/dns/on-bun.ts '{"liar":…,"dead":…,"nsd":…}'.
// Prints one JSON list of [name, what was wrong or null], in the order of the checks; those that need a server
// which is null are left out.

import { writeSync } from 'node:fs';
import { sys } from '../../src/sys/bun.ts';
import { checksFor, nameOf, runCheck, type Servers } from './checks.ts';

const servers = JSON.parse(process.argv[2] as string) as Servers;
const results = await Promise.all(
  checksFor('bun')
    .filter((check) => check.servers.every((name) => servers[name] !== null))
    .map(async (check) => {
      try {
        await runCheck(check, sys, servers);
        return [nameOf(check), null];
      } catch (error) {
        return [nameOf(check), String((error as Error).message)];
      }
    }),
);
writeSync(1, JSON.stringify(results));
