// Who may come in: decides on each new connection by what is running already, by how often the client has come in the last minute,
// and by the load of the machine. An IPv6 client is its /64, as an address and as a network. Whoever is refused
// counts for the rate all the same, so that coming again and again does not help. Memory is set aside once and depends on the
// limits only; a call leaves nothing behind but its result. Nothing here fails: an address that cannot be read, like a client
// without one on a unix socket, counts for the total only.

import { type AddressKey, readAddressKey, readNetworkKey } from './address-key.ts';
import { type AddressTable, createAddressTable, NONE } from './address-table.ts';
import { connectionRate } from './connection-rate.ts';

export interface AdmissionLimits {
  /** Connections at one time. */
  readonly total: number;
  /** Connections of one address at one time; IPv6: of one /64. null: no limit. */
  readonly perAddress: number | null;
  /** Of one network: IPv4 /24, IPv6 /64. */
  readonly perNetwork: number | null;
  /** New connections of one address (IPv6: /64) within a minute, refused ones included; see connection-rate.ts. */
  readonly newPerMinute: number | null;
  /** Load average above which nobody new comes in. */
  readonly maxLoad: number | null;
  /** Connections that may run however high the load is, so that mail never stops. */
  readonly loadFloor: number;
}

export interface AdmissionPorts {
  /** Milliseconds. */
  readonly clock: () => number;
  /** null when it cannot be known: then nobody is refused for it. */
  readonly loadAverage: () => number | null;
}

export type AdmissionRule = 'total' | 'per-address' | 'per-network' | 'rate' | 'load';

export interface Admitted {
  readonly kind: 'admitted';
  /** Running connections of this address, with this one; 1 for a client without address. */
  readonly connections: number;
  /** To be called when the connection has ended; a second call does nothing. */
  readonly release: () => void;
}

export interface Refused {
  readonly kind: 'refused';
  readonly rule: AdmissionRule;
}

export interface Admissions {
  admit(ip: string | null): Admitted | Refused;
  /** Connections that were admitted and not released. */
  running(): number;
}

export function openAdmission(limits: AdmissionLimits, ports: AdmissionPorts): Admissions {
  const addresses = createAddressTable(limits.total);
  const networks = limits.perNetwork === null ? null : createAddressTable(limits.total);
  const rate = limits.newPerMinute === null ? null : connectionRate();
  // Filled anew by each call.
  const address: AddressKey = { high: 0, low: 0 };
  const network: AddressKey = { high: 0, low: 0 };
  let running = 0;

  const isOverloaded = (): boolean => {
    if (limits.maxLoad === null || running < limits.loadFloor) return false;
    return (ports.loadAverage() ?? 0) > limits.maxLoad;
  };
  const brokenRule = (known: boolean): AdmissionRule | null => {
    const recent = known && rate !== null ? rate.count(address, ports.clock()) : 0;
    if (running >= limits.total) return 'total';
    if (known) {
      if (countOf(addresses, address) >= (limits.perAddress ?? limits.total)) return 'per-address';
      if (networks && countOf(networks, network) >= (limits.perNetwork ?? limits.total)) return 'per-network';
      if (recent > (limits.newPerMinute ?? recent)) return 'rate';
    }
    return isOverloaded() ? 'load' : null;
  };
  return {
    admit(ip) {
      const known = ip !== null && readAddressKey(ip, address);
      if (known) readNetworkKey(address, network);
      const rule = brokenRule(known);
      if (rule !== null) return { kind: 'refused', rule };
      const inAddresses = known ? countOneMore(addresses, address) : NONE;
      const inNetworks = known && networks ? countOneMore(networks, network) : NONE;
      running += 1;
      let released = false;
      return {
        kind: 'admitted',
        connections: inAddresses === NONE ? 1 : (addresses.counts[inAddresses] as number),
        release() {
          if (released) return;
          released = true;
          running -= 1;
          if (inAddresses !== NONE) countOneLess(addresses, inAddresses);
          if (inNetworks !== NONE && networks) countOneLess(networks, inNetworks);
        },
      };
    },
    running: () => running,
  };
}

function countOf(table: AddressTable, key: Readonly<AddressKey>): number {
  const slot = table.find(key);
  return slot === NONE ? 0 : (table.counts[slot] as number);
}

// The slot stays the key's own while it counts something.
function countOneMore(table: AddressTable, key: Readonly<AddressKey>): number {
  const found = table.find(key);
  const slot = found === NONE ? table.add(key) : found;
  table.counts[slot] = (table.counts[slot] as number) + 1;
  return slot;
}

function countOneLess(table: AddressTable, slot: number): void {
  const left = (table.counts[slot] as number) - 1;
  table.counts[slot] = left;
  if (left === 0) table.remove(slot);
}
