// Permissions do not stop the superuser, who runs the full check. What is about them is done as somebody else.

/** The user without rights on every Linux. */
const NOBODY = 65534;

/** Runs `work`, which must not wait for anything, as a user whom permissions stop. */
export function asNobody<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}
