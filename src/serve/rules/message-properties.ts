// The `message` object of rules, from the header and the counts that the session has of a message.

import type { Facts, Field } from '../../policy/index.ts';
import type { Value } from '../../rules/index.ts';
import { lowerAscii } from '../../text/index.ts';

export function messageProperty(name: string, { message }: Facts): Value | undefined {
  if (message === null) return undefined;
  const { fields, complete } = message;
  switch (name) {
    case 'message.id':
      return firstOf(fields, 'message-id');
    case 'message.subject':
      return firstOf(fields, 'subject');
    case 'message.from':
      return addressIn(firstOf(fields, 'from'));
    case 'message.received_count':
      return fields.filter((field) => lowerAscii(field.name) === 'received').length;
    case 'message.header_bytes':
      return message.headerOctets;
    case 'message.header_count':
      return fields.length;
    case 'message.queue_id':
      return message.queueId ?? '';
    case 'message.size':
      return complete?.octets;
    case 'message.lines':
      return complete?.lines;
    case 'message.max_line':
      return complete?.longestLine;
    case 'message.has_8bit':
      return complete?.has8Bit;
    case 'message.has_nul':
      return complete?.hasNul;
    case 'message.has_bare_lf':
      return complete === null ? undefined : false;
    default:
      return undefined;
  }
}

/** Unfolded and trimmed; '' when there is none. */
function firstOf(fields: readonly Field[], name: string): string {
  const field = fields.find((candidate) => lowerAscii(candidate.name) === name);
  return field === undefined ? '' : field.body.replace(/\n[ \t]/g, ' ').trim();
}

function addressIn(text: string): string {
  return /<([^<>]*)>/.exec(text)?.[1] ?? text.split(',', 1)[0]?.trim() ?? '';
}
