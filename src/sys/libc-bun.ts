// Functions of the C library through bun:ffi, for what Bun has none of its own. With them come the numbers of Linux.

type Functions = Parameters<typeof import('bun:ffi')['dlopen']>[1];
type Library<Wanted extends Functions> = ReturnType<typeof import('bun:ffi').dlopen<Wanted>>['symbols'];

/** C libraries by the names Linux knows them by. */
const NAMES = ['libc.so.6', 'libc.so', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

/** null on a system that has none of the known names. */
export function openC<Wanted extends Functions>(wanted: Wanted): Library<Wanted> | null {
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi');
  for (const name of NAMES) {
    try {
      return dlopen(name, wanted).symbols;
    } catch {
      // the next name, or none
    }
  }
  return null;
}
