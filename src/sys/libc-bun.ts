// The C library through bun:ffi, for what Bun has no function of its own.

/** C libraries by the names Linux knows them by. */
const C_LIBRARIES = ['libc.so.6', 'libc.so', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

export type Libc = ReturnType<typeof load>;

let loaded: Libc | null = null;

/** null on a system that has none of the known names. */
export function libc(): Libc | null {
  for (const name of C_LIBRARIES) {
    if (loaded !== null) break;
    try {
      loaded = load(name);
    } catch {
      // the next name, or none
    }
  }
  return loaded;
}

function load(name: string) {
  const { dlopen } = require('bun:ffi') as typeof import('bun:ffi');
  return dlopen(name, {
    pipe2: { args: ['ptr', 'i32'], returns: 'i32' },
    fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    listen: { args: ['i32', 'i32'], returns: 'i32' },
  });
}
