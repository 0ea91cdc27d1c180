// Why a file cannot be used, in words an administrator knows; where there are none, the system's own name for it.

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a symbolic link to itself',
  ENOENT: 'it does not exist',
  ENOTDIR: 'part of the path is not a directory',
};

/** @param cause what was thrown when the file was to be used */
export function fileReason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? code ?? String(cause);
}
