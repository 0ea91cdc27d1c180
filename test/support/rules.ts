// What sessions with rules need beyond other sessions, for both players: DNS that says what a scenario says, in memory or as a name
// server on loopback; the notes of a log; and the messages that were put aside. Nothing here asks anybody on the network.

import { createSocket } from 'node:dgram';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DnsAnswer, DnsRecords, DnsType, Resolver } from '../../src/dns/index.ts';
import { logLine } from '../../src/log/index.ts';
import type { Configured } from '../../src/serve/configure.ts';
import { openRules } from '../../src/serve/rules/index.ts';
import { type SessionEvent, withSettings } from '../../src/session/index.ts';
import { type Record as DnsRecord, readQuestion, reply } from '../dns/message.ts';
import type { Aside, DnsZone, Scenario } from './scenario.ts';

export const START_FILE = 'mvmtr.mfl';

interface RuledOptions {
  readonly home: string;
  readonly now: () => number;
  readonly log: (event: SessionEvent) => void;
}

/** The configuration with the rules of a scenario's start file in it, as a real session has them; a problem in words. */
export async function ruled(
  config: Configured,
  scenario: Scenario,
  { home, now, log }: RuledOptions,
): Promise<{ readonly config: Configured; close(): void } | { readonly problem: string }> {
  const path = join(home, 'control', START_FILE);
  const { controls } = config;
  const resolver = fixedResolver(scenario.dns ?? {});
  const { env } = scenario;
  const rules = await openRules({ path, home, config, controls, env, version: 'test', now, log, resolver });
  if ('problem' in rules) return rules;
  const settled = withSettings(config, rules.init.settings ?? {});
  return { config: { ...config, ...settled, policy: rules.policy }, close: rules.close };
}

/** A resolver that knows a zone and nothing else. */
export function fixedResolver(zone: DnsZone): Resolver {
  return {
    async resolve<Type extends DnsType>(name: string, type: Type): Promise<DnsAnswer<Type>> {
      const values = valuesIn(zone, type, name);
      if (values === 'fails') return { outcome: 'timeout', reason: `${name} ${type}: no answer` };
      if (values === null) return { outcome: 'nxdomain' };
      if (values.length === 0) return { outcome: 'nodata' };
      return { outcome: 'records', records: values.map((value) => recordFrom(type, value)) };
    },
    cancel() {},
  };
}

function recordFrom<Type extends DnsType>(type: Type, value: string): DnsRecords[Type] {
  const [preference = '', exchange = ''] = value.split(' ');
  const records: DnsRecords = {
    A: value,
    AAAA: value,
    MX: { preference: Number(preference), exchange: exchange === '.' ? '' : exchange },
    TXT: [value],
    PTR: value,
  };
  return records[type];
}

// null: there is no such name; none: it has nothing of this type.
function valuesIn(zone: DnsZone, type: string, name: string): readonly string[] | 'fails' | null {
  const plain = name.toLowerCase().replace(/\.$/, '');
  const found = zone[`${type} ${plain}`];
  if (found !== undefined) return found;
  return Object.keys(zone).some((key) => key.endsWith(` ${plain}`)) ? [] : null;
}

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** A name server with this zone on a loopback port; it is written into control/nameservers of the home. */
export async function serveZone(zone: DnsZone, home: string): Promise<() => void> {
  const socket = createSocket('udp4');
  socket.on('message', (octets, { port, address }) => {
    const question = readQuestion(octets);
    const { name, type } = question;
    const values = valuesIn(zone, type, name);
    const parts =
      values === 'fails'
        ? { rcode: SERVFAIL }
        : values === null
          ? { rcode: NXDOMAIN }
          : { answers: answersFor(name, type, values) };
    socket.send(reply(question, { ...parts, authorities: [soaOf(name)] }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  writeFileSync(join(home, 'control', 'nameservers'), `127.0.0.1:${socket.address().port}\n`);
  return () => socket.close();
}

// Makes an absence one that a resolver believes.
function soaOf(name: string): DnsRecord {
  const zone = name.split('.').slice(-1)[0] ?? '';
  return { name: zone, type: 'SOA', data: zone };
}

function answersFor(name: string, type: string, values: readonly string[]): readonly DnsRecord[] {
  return values.map((value) => ({
    name,
    type: type as DnsRecord['type'],
    data: type === 'TXT' ? [value] : value,
  }));
}

/** The notes among these lines of a log. */
export function notesIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    const note = /^mvmtr\[[0-9.]+\] note level=(\S+)(?: rule=(\S+))? ip=\S+(?: text=(.*))?$/.exec(line);
    return note === null ? [] : [`${note[1]} ${note[2] ?? ''} ${note[3] ?? ''}`];
  });
}

export function notesOf(events: readonly SessionEvent[]): readonly string[] {
  return notesIn(events.map((event) => logLine({ pid: 1, ip: 'unknown', host: 'unknown' }, event)));
}

/** What lies in a home's quarantine, by place and name. */
export function takeAside(home: string): readonly Aside[] {
  const quarantine = join(home, 'quarantine');
  if (!existsSync(quarantine)) return [];
  return readdirSync(quarantine)
    .sort()
    .flatMap((place) => {
      const folder = join(quarantine, place, 'new');
      const names = existsSync(folder) ? readdirSync(folder).sort() : [];
      return names.map((name) => ({ place, message: readFileSync(join(folder, name), 'latin1') }));
    });
}
