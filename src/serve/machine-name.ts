// The machine's host name, for a server without control/me. Asked for only then: it costs a module.

/** As octet string; "localhost" when the machine has none. */
export function machineName(): string {
  return process.getBuiltinModule('node:os').hostname() || 'localhost';
}
