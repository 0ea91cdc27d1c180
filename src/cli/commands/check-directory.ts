// Findings about the names of the files in the control directory: a control that belongs to a patch of
// qmail-smtpd looks as if it did something, and a misspelt one too. Controls of qmail's other programs pass
// in silence. Looks at names only, never at contents.

import { CONTROL_TABLE, type ControlRow } from '../../control/index.ts';
import { type Finding, note, warning } from './findings.ts';
import { pathOf, type Subject } from './subject.ts';

/** Controls of well-known patches; a name that ends in "*" stands for every name that starts so. */
const OF_PATCHES: readonly string[] = [
  'authhosts',
  'authsenders',
  'badextensions',
  'badhelo',
  'badloadertypes',
  'badmailfromnorelay',
  'badmailfrom-unknown',
  'badmailto',
  'badmailtonorelay',
  'badmimetypes',
  'badrcptpatterns',
  'badrcptto',
  'brtlimit',
  'chkuser*',
  'clientcert.pem',
  'dh*.pem',
  'dnsbllist',
  'dnsblfailclosed',
  'goodrcptto',
  'greylist*',
  'helocheck',
  'maxrcpt',
  'maxrecipients',
  'mfcheck',
  'morebadrcptto',
  'morebadrcptto.cdb',
  'notlshosts',
  'relaymailfrom',
  'rsa*.pem',
  'serverkey.pem',
  'signatures',
  'simscan*',
  'simversions.cdb',
  'simcontrol*',
  'smtpauthusers',
  'spf*',
  'surbl*',
  'taps',
  'tarpitcount',
  'tarpitdelay',
  'tlsclientciphers',
  'tlsdestinations',
  'tlshosts*',
  'tlsservermethod',
  'validrcptto*',
];

/** Controls of qmail's other programs, and what belongs to the directory itself. */
const OF_QMAIL: readonly string[] = [
  'aliasempty',
  'badmailfrom',
  'bouncefrom',
  'bouncehost',
  'bouncemaxbytes',
  'concurrencyincoming',
  'concurrencylocal',
  'concurrencyremote',
  'defaultdelivery',
  'defaultdomain',
  'defaulthost',
  'doublebouncehost',
  'doublebounceto',
  'envnoathost',
  'helohost',
  'idhost',
  'locals',
  'percenthack',
  'plusdomain',
  'qmqpservers',
  'queuelifetime',
  'rcpthosts',
  'smtproutes',
  'timeoutconnect',
  'timeoutremote',
  'virtualdomains',
];

/** As long as it is there, a listener that starts or gets HUP takes no clients. What is in it does not matter. */
const PAUSE_FILE = 'servepaused';
/** Read by whoever asks DNS, for rules and names of clients. */
const NAME_SERVERS = 'nameservers';

export function checkDirectory(subject: Subject, names: readonly string[]): readonly Finding[] {
  return names.toSorted().flatMap((name) => nameFindings(subject, name));
}

function nameFindings(subject: Subject, name: string): readonly Finding[] {
  const place = { file: pathOf(subject, name) };
  const row = (CONTROL_TABLE as readonly ControlRow[]).find(
    (each) => each.file === name || each.source === name,
  );
  if (row !== undefined) {
    if (row.missing[subject.profile] !== null) return [];
    return [note(place, 'not read in the stock profile', 'use timeoutsmtpd there')];
  }
  if (name === PAUSE_FILE) {
    return [note(place, '`mvmtr serve` turns all clients away', 'remove it and send HUP to take them again')];
  }
  if (name === NAME_SERVERS || OF_QMAIL.includes(name) || name.startsWith('.')) return [];
  if (OF_PATCHES.some((pattern) => matches(pattern, name))) {
    const what = 'belongs to a patch of qmail-smtpd and is not read by this program';
    return [warning(place, what, 'do not rely on it')];
  }
  return [note(place, 'not a control this program or qmail knows', 'check the spelling')];
}

function matches(pattern: string, name: string): boolean {
  const [head = '', tail] = pattern.split('*');
  return tail === undefined ? name === head : name.startsWith(head) && name.endsWith(tail);
}
