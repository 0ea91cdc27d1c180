// The objects of MFL and their properties: type, the hooks at which they can be read or written, and whether a value has to be
// looked up or belongs to a part of the program that is not there yet (then it reads as its documented "not available").
// Addresses of a property are in lower case with dots, as the syntax tree has them. Follows the objects section of the reference.

import type { TypeName } from '../language/ast.ts';
import type { HookName } from '../program.ts';
import { hooksBetween, hooksFrom } from './hooks.ts';

export interface Property {
  readonly type: Exclude<TypeName, 'void'>;
  readonly hooks: readonly HookName[];
  /** Hooks at which it may be assigned to; null: read only. */
  readonly writable: readonly HookName[] | null;
  readonly lookup: boolean;
  /** The part that fills it comes later. */
  readonly later: boolean;
  /** Always in lower case, so that comparing it with capitals is a mistake. */
  readonly lower: boolean;
  /** A remote party chooses its text. */
  readonly remote: boolean;
}

type Mark = '' | '†' | '✎' | '?' | '†?';

interface Group {
  readonly hooks: readonly HookName[];
  readonly properties: Readonly<Record<string, readonly [Property['type'], Mark?]>>;
}

interface Objects {
  readonly groups: Readonly<Record<string, Group>>;
  /** Known only when the message is complete, or queued. */
  readonly complete: Readonly<Record<string, readonly [Property['type'], readonly HookName[], Mark?]>>;
}

// A function, as most sessions with rules never ask.
function makeObjects(): Objects {
  const CONNECTED = hooksFrom('connect');
  const AT_MAIL = hooksFrom('mail');
  const AT_HEADERS = hooksFrom('headers');
  const AT_MESSAGE = hooksFrom('message');
  const HELO_HOOKS = hooksFrom('helo').filter((hook) => hook !== 'tls');
  const groups: Objects['groups'] = {
    server: {
      hooks: hooksFrom('init'),
      properties: {
        name: ['string'],
        ip: ['string'],
        port: ['number'],
        service: ['string'],
        version: ['string'],
      },
    },
    client: {
      hooks: CONNECTED,
      properties: {
        ip: ['string'],
        port: ['number'],
        host: ['string', '†'],
        rdns: ['string', '†'],
        rdns_status: ['string', '†'],
        relay: ['boolean', '✎'],
        info: ['string'],
        connections: ['number'],
        reputation: ['number', '†'],
        asn: ['number', '†?'],
        country: ['string', '†?'],
      },
    },
    session: {
      hooks: CONNECTED,
      properties: {
        id: ['string'],
        started: ['number'],
        elapsed: ['number'],
        messages: ['number'],
        commands: ['number'],
        errors: ['number'],
        rejects: ['number'],
        bad_rcpts: ['number'],
        early_talker: ['boolean'],
      },
    },
    time: {
      hooks: CONNECTED,
      properties: {
        now: ['number'],
        iso: ['string'],
        hour: ['number'],
        minute: ['number'],
        weekday: ['number'],
        zone: ['string'],
      },
    },
    helo: {
      hooks: HELO_HOOKS,
      properties: {
        name: ['string'],
        verb: ['string'],
        esmtp: ['boolean'],
        valid: ['boolean'],
        is_literal: ['boolean'],
        verified: ['boolean', '†'],
      },
    },
    tls: {
      hooks: CONNECTED,
      properties: {
        active: ['boolean'],
        version: ['string'],
        cipher: ['string'],
        bits: ['number'],
        sni: ['string'],
        verified: ['boolean'],
        subject: ['string'],
        issuer: ['string'],
        fingerprint: ['string'],
      },
    },
    auth: {
      hooks: CONNECTED,
      properties: {
        user: ['string'],
        ok: ['boolean'],
        mechanism: ['string'],
        failures: ['number'],
        domain: ['string'],
      },
    },
    sender: {
      hooks: AT_MAIL,
      properties: {
        address: ['string', '✎'],
        localpart: ['string'],
        domain: ['string'],
        is_null: ['boolean'],
        size: ['number'],
        body: ['string'],
        smtputf8: ['boolean', '?'],
        auth: ['string'],
        envid: ['string', '?'],
      },
    },
    spf: {
      hooks: AT_MAIL,
      properties: {
        result: ['string', '†?'],
        domain: ['string', '†?'],
        helo_result: ['string', '†?'],
        explanation: ['string', '†?'],
      },
    },
    transaction: {
      hooks: AT_MAIL,
      properties: {
        rcpt_count: ['number'],
        rcpt_tried: ['number'],
        rcpt_refused: ['number'],
        rcpts: ['list'],
      },
    },
    rcpt: {
      hooks: ['rcpt', 'deliver'],
      properties: {
        address: ['string', '✎'],
        localpart: ['string'],
        domain: ['string'],
        user: ['string'],
        detail: ['string'],
        original: ['string'],
        is_local: ['boolean'],
        index: ['number'],
        orcpt: ['string', '?'],
      },
    },
    message: {
      hooks: AT_HEADERS,
      properties: {
        id: ['string'],
        subject: ['string'],
        from: ['string'],
        received_count: ['number'],
        header_bytes: ['number'],
        header_count: ['number'],
      },
    },
    dkim: { hooks: AT_MESSAGE, properties: { result: ['string', '†?'], domains: ['list', '†?'] } },
    dmarc: {
      hooks: AT_MESSAGE,
      properties: { result: ['string', '†?'], policy: ['string', '†?'], domain: ['string', '†?'] },
    },
    arc: { hooks: AT_MESSAGE, properties: { result: ['string', '†?'], chain: ['string', '†?'] } },
    spam: {
      hooks: AT_MESSAGE,
      properties: {
        score: ['number', '†?'],
        required: ['number', '†?'],
        action: ['string', '†?'],
        symbols: ['list', '†?'],
      },
    },
    virus: { hooks: AT_MESSAGE, properties: { found: ['boolean', '†?'], name: ['string', '†?'] } },
    deny: {
      hooks: ['denied'],
      properties: {
        stage: ['string'],
        code: ['number'],
        status: ['string'],
        text: ['string'],
        layer: ['string'],
        file_line: ['string'],
      },
    },
  };
  const complete: Objects['complete'] = {
    'message.size': ['number', AT_MESSAGE],
    'message.lines': ['number', AT_MESSAGE],
    'message.max_line': ['number', AT_MESSAGE],
    'message.has_8bit': ['boolean', AT_MESSAGE],
    'message.has_nul': ['boolean', AT_MESSAGE],
    'message.has_bare_lf': ['boolean', AT_MESSAGE],
    'message.part_count': ['number', AT_MESSAGE, '?'],
    'message.attachment_names': ['list', AT_MESSAGE, '?'],
    'message.queue_id': ['string', ['queued']],
  };
  return { groups, complete };
}

let made: Objects | null = null;

function objects(): Objects {
  made ??= makeObjects();
  return made;
}

const WRITABLE: Readonly<Record<string, readonly HookName[]>> = {
  'client.relay': hooksBetween('connect', 'deliver'),
  'sender.address': hooksBetween('mail', 'message'),
  'rcpt.address': ['rcpt', 'deliver'],
};

const LOWER: readonly string[] = [
  'client.host',
  'client.rdns',
  'sender.domain',
  'rcpt.domain',
  'spf.domain',
  'dmarc.domain',
  'auth.domain',
];

const REMOTE_OBJECTS: readonly string[] = ['helo', 'sender', 'rcpt', 'message', 'client', 'auth', 'tls'];

function property(name: string, type: Property['type'], mark: Mark, hooks: readonly HookName[]): Property {
  return {
    type,
    hooks,
    writable: mark === '✎' ? (WRITABLE[name] ?? null) : null,
    lookup: mark === '†' || mark === '†?',
    later: mark === '?' || mark === '†?',
    lower: LOWER.includes(name),
    remote:
      type === 'string' && REMOTE_OBJECTS.includes(name.slice(0, name.indexOf('.'))) && name !== 'client.ip',
  };
}

/** A property by its name in lower case. */
export function propertyNamed(name: string): Property | undefined {
  const { groups, complete } = objects();
  if (Object.hasOwn(complete, name)) {
    const [type, hooks, mark] = complete[name] as Objects['complete'][string];
    return property(name, type, mark ?? '', hooks);
  }
  const dot = name.indexOf('.');
  const group = dot > 0 && Object.hasOwn(groups, name.slice(0, dot)) ? groups[name.slice(0, dot)] : undefined;
  const own = name.slice(dot + 1);
  if (group === undefined || !Object.hasOwn(group.properties, own)) return undefined;
  const [type, mark] = group.properties[own] as Group['properties'][string];
  return property(name, type, mark ?? '', group.hooks);
}

/** The names of all properties. */
export function propertyNames(): readonly string[] {
  const { groups, complete } = objects();
  const grouped = Object.entries(groups).flatMap(([object, { properties }]) =>
    Object.keys(properties).map((own) => `${object}.${own}`),
  );
  return [...grouped, ...Object.keys(complete)];
}

export const objectNames = (): readonly string[] => Object.keys(objects().groups);
