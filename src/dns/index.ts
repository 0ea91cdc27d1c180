export type {
  DnsAbsence,
  DnsAnswer,
  DnsFailure,
  DnsRecords,
  DnsType,
  MailExchanger,
  Resolver,
} from './answer.ts';
export { type DnsFacts, dnsAnswers, type LookupAnswers } from './answers.ts';
export type { Transport } from './ask.ts';
export { type ReverseDns, reverseDns } from './host.ts';
export { parseServer, type ResolverSettings, readResolvConf, settingsFor } from './resolv-conf.ts';
export { type ResolverOptions, remembering, stubResolver } from './resolver.ts';
