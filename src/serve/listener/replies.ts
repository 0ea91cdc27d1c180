// What a client may hear of the listener before a session, or instead of one.

import type { Reply } from '../../smtp/index.ts';

const REGISTERED = {
  limit: '7.0', // other or undefined security status
  capacity: '3.2', // system not accepting network messages
} as const;

const go = (code: number, enhanced: NonNullable<Reply['enhanced']>, text: string): Reply => ({
  code,
  enhanced,
  text: [text],
  close: true,
});

export const LISTENER_REPLIES = {
  total: go(421, REGISTERED.capacity, 'Too many connections, try again later'),
  'per-address': go(421, REGISTERED.limit, 'Too many connections from your address, try again later'),
  'per-network': go(421, REGISTERED.limit, 'Too many connections from your network, try again later'),
  rate: go(421, REGISTERED.limit, 'You connect too often, try again later'),
  load: go(421, REGISTERED.capacity, 'Too busy, try again later'),
  descriptors: go(421, REGISTERED.capacity, 'Too many connections, try again later'),
  paused: go(421, REGISTERED.capacity, 'Not accepting mail at the moment, try again later'),
  closing: go(421, REGISTERED.capacity, 'Going down, try again later'),
  access: go(421, '3.0', 'Unable to read my rules of access, try again later'),
  fault: go(421, '3.0', 'Internal trouble, try again later'),
  denied: go(554, '7.1', 'You may not send mail here'),
  earlyTalker: go(554, '5.1', 'You spoke before you were greeted'),
} as const satisfies Record<string, Reply>;

export type ListenerReplyName = keyof typeof LISTENER_REPLIES;
