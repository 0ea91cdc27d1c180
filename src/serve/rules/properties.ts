// What a session knows, under the names rules know it by (docs/mfl.md, objects). A name that is not here has to be looked up, or
// belongs to a part of the program that is not there: the interpreter knows which, and what to read instead.

import type { Facts } from '../../policy/index.ts';
import type { Value } from '../../rules/index.ts';
import type { Client } from '../../session/index.ts';
import { isAddressLiteral, isHeloName } from '../../smtp/index.ts';
import { lowerAscii } from '../../text/index.ts';
import { messageProperty } from './message-properties.ts';

/** What does not change during a session. */
export interface Fixed {
  readonly client: Client;
  readonly version: string;
  readonly id: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What only a listener knows: connections of this address just now, and whether it spoke before it was greeted. */
  readonly connection?: { readonly connections: number; readonly earlyTalker: boolean } | undefined;
}

/** What the policy remembers between hooks. */
export interface Memory {
  readonly tags: ReadonlyMap<string, string>;
  /** A setting by its name, as rules have set it. */
  readonly control: (name: string) => Value | undefined;
  readonly relay: boolean;
  readonly isOurs: (host: string) => boolean;
}

type Reader = (facts: Facts, fixed: Fixed, memory: Memory) => Value | undefined;

export const domainOf = (address: string): string => lowerAscii(address.slice(address.lastIndexOf('@') + 1));
export const hasDomain = (address: string): boolean => address.includes('@');
const localPartOf = (address: string): string =>
  hasDomain(address) ? address.slice(0, address.lastIndexOf('@')) : address;

const sender = (facts: Facts): string => facts.transaction?.reversePath ?? '';
const rcpt = (facts: Facts): string => facts.subject;

const READERS: Readonly<Record<string, Reader>> = {
  'server.name': ({ settings }) => settings.hostName,
  'server.ip': (_, { env }) => env.TCPLOCALIP ?? '',
  'server.port': (_, { env }) => Number(env.TCPLOCALPORT ?? 0) || 0,
  'server.service': (_, { env }) =>
    env.TCPLOCALPORT === '587' ? 'submission' : env.TCPLOCALPORT === '465' ? 'smtps' : 'smtp',
  'server.version': (_, { version }) => version,

  'client.ip': (_, { client }) => client.ip,
  'client.port': (_, { env }) => Number(env.TCPREMOTEPORT ?? 0) || 0,
  'client.info': (_, { client }) => client.info ?? '',
  'client.relay': (_facts, _fixed, { relay }) => relay,
  'client.connections': (_, { connection }) => connection?.connections ?? 1,

  'session.id': (_, { id }) => id,
  'session.started': ({ started }) => Math.floor(started / 1000),
  'session.elapsed': ({ started, now }) => Math.floor((now - started) / 1000),
  'session.messages': ({ messages }) => messages,
  'session.commands': ({ commands }) => commands,
  'session.errors': ({ errors }) => errors,
  'session.rejects': ({ errors }) => errors,
  'session.bad_rcpts': ({ refusedRecipients }) => refusedRecipients,
  'session.early_talker': (_, { connection }) => connection?.earlyTalker ?? false,

  'time.now': ({ now }) => Math.floor(now / 1000),
  'time.iso': ({ now }) => new Date(now).toISOString().replace(/\.[0-9]+Z$/, 'Z'),
  'time.hour': ({ now }) => new Date(now).getUTCHours(),
  'time.minute': ({ now }) => new Date(now).getUTCMinutes(),
  'time.weekday': ({ now }) => new Date(now).getUTCDay(),
  'time.zone': () => '+0000',

  'helo.name': ({ helo }) => helo?.name ?? '',
  'helo.verb': ({ helo }) => (helo === null ? '' : helo.esmtp ? 'EHLO' : 'HELO'),
  'helo.esmtp': ({ helo }) => helo?.esmtp ?? false,
  'helo.valid': ({ helo }) => helo !== null && isHeloName(helo.name),
  'helo.is_literal': ({ helo }) => helo !== null && isAddressLiteral(helo.name),

  'tls.active': ({ tls }) => tls !== null,
  'tls.version': ({ tls }) => tls?.version ?? '',
  'tls.cipher': ({ tls }) => tls?.cipher ?? '',
  'tls.bits': ({ tls }) => tls?.bits ?? 0,
  'tls.sni': ({ tls }) => tls?.sni ?? '',
  'tls.verified': ({ tls }) => tls?.verified ?? false,
  'tls.subject': ({ tls }) => tls?.subject ?? '',
  'tls.issuer': ({ tls }) => tls?.issuer ?? '',
  'tls.fingerprint': ({ tls }) => tls?.fingerprint ?? '',

  'auth.user': ({ auth }) => auth.user,
  'auth.ok': ({ auth }) => auth.ok,
  'auth.mechanism': ({ auth }) => auth.mechanism,
  'auth.failures': ({ auth }) => auth.failures,
  'auth.domain': ({ auth }) => (hasDomain(auth.user) ? domainOf(auth.user) : ''),

  'sender.address': sender,
  'sender.localpart': (facts) => localPartOf(sender(facts)),
  'sender.domain': (facts) => (hasDomain(sender(facts)) ? domainOf(sender(facts)) : ''),
  'sender.is_null': (facts) => sender(facts) === '',
  'sender.size': ({ transaction }) => transaction?.size ?? 0,
  'sender.body': ({ transaction }) => transaction?.body ?? '',
  'sender.auth': ({ transaction }) => transaction?.auth ?? '',

  'transaction.rcpt_count': ({ transaction }) => transaction?.recipients.length ?? 0,
  'transaction.rcpt_tried': ({ transaction }) => transaction?.tried ?? 0,
  'transaction.rcpt_refused': ({ transaction }) => transaction?.refused ?? 0,
  'transaction.rcpts': ({ transaction }) => transaction?.recipients ?? [],

  'rcpt.address': rcpt,
  'rcpt.original': rcpt,
  'rcpt.localpart': (facts) => localPartOf(rcpt(facts)),
  'rcpt.domain': (facts) => (hasDomain(rcpt(facts)) ? domainOf(rcpt(facts)) : ''),
  'rcpt.user': (facts) => localPartOf(rcpt(facts)).split('+', 1)[0] ?? '',
  'rcpt.detail': (facts) => localPartOf(rcpt(facts)).split('+').slice(1).join('+'),
  'rcpt.is_local': (facts, _, { isOurs }) => !hasDomain(rcpt(facts)) || isOurs(domainOf(rcpt(facts))),
  'rcpt.index': ({ transaction }) => transaction?.tried ?? 0,

  'deny.stage': ({ denied }) => denied?.stage ?? '',
  'deny.code': ({ denied }) => denied?.code ?? 0,
  'deny.status': ({ denied }) => denied?.status ?? '',
  'deny.text': ({ denied }) => denied?.text ?? '',
  'deny.file_line': ({ denied }) => denied?.place ?? '',
  'deny.layer': ({ denied }) => denied?.layer ?? '',

  'control.hostname': ({ settings }) => settings.hostName,
  'control.max_size': ({ settings }) => settings.databytes,
  'control.max_rcpts': ({ settings }) => bounded(settings.recipients),
  'control.max_errors': ({ settings }) => bounded(settings.errors),
  'control.max_received': ({ settings }) => settings.maxHops,
  'control.timeout': ({ settings }) => settings.timeout,
  'control.helo_timeout': ({ settings }) => settings.heloTimeout,
  'control.data_timeout': ({ settings }) => settings.dataTimeout,
  'control.local_iphost': ({ settings }) => settings.localIpHost,
  'control.require_tls': ({ settings }) => settings.requireTls,
  'control.require_auth': ({ settings }) => settings.requireAuth,
};

/** Numbers of the language are finite. */
const bounded = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER);

export function propertyOf(name: string, facts: Facts, fixed: Fixed, memory: Memory): Value | undefined {
  if (Object.hasOwn(READERS, name)) return READERS[name]?.(facts, fixed, memory);
  if (name.startsWith('message.')) return messageProperty(name, facts);
  if (name.startsWith('tag.')) return memory.tags.get(name.slice('tag.'.length));
  if (name.startsWith('control.')) return memory.control(name.slice('control.'.length));
  return undefined;
}
