// The IPv4 addresses of this machine, for recipients like user@[192.0.2.1]. "0.0.0.0" counts as one, as it
// does in qmail. Asked from the system each time, because a process may outlive an address; node:os is loaded
// by the first question, not at start-up.

/** Dotted, without brackets. */
export function localAddresses(): ReadonlySet<string> {
  const addresses = new Set(['0.0.0.0']);
  const interfaces = process.getBuiltinModule('node:os').networkInterfaces();
  for (const address of Object.values(interfaces).flat()) {
    if (address?.family === 'IPv4') addresses.add(address.address);
  }
  return addresses;
}
