/* The queue program of the bench: reads the message from descriptor 0 and the envelope from descriptor 1, and appends the
   number of the message's octets as a line to COUNT_FILE. With SYNC_DIRECTORY the message is a file there before that, and on
   the disk. An envelope that does not come to its end is not counted, as with qmail-queue.
   Exits: 0 queued, 53 cannot write, 91 no complete envelope. */

#include <fcntl.h>

#include "bare.h"

static char octets[65536];

/* The digits of a number in front of `end`; where they begin. */
static char *digits(char *end, long number) {
  do *--end = '0' + number % 10;
  while ((number /= 10) > 0);
  return end;
}

static long open_file(const char *path, int flags) { return call(SYS_openat, AT_FDCWD, (long)path, flags); }

/* The message; returns its length. */
static long take(long file) {
  long n, length = 0;
  while ((n = READ(0, octets, sizeof octets)) > 0) {
    length += n;
    if (file >= 0 && WRITE(file, octets, n) != n) LEAVE(53);
  }
  return length;
}

/* The envelope ends with two zero octets: that of the last recipient, and one more. */
static void envelope(void) {
  char before = 'x', last = 'x';
  long n;
  while ((n = READ(1, octets, sizeof octets)) > 0) {
    before = n > 1 ? octets[n - 2] : last;
    last = octets[n - 1];
  }
  if (before != 0 || last != 0) LEAVE(91);
}

static int run(void) {
  char line[32], *end = line + sizeof line, *start;
  long file = -1;
#ifdef SYNC_DIRECTORY
  /* The process id behind the directory, made up from its end. */
  static char name[sizeof SYNC_DIRECTORY + 32];
  static const char directory[] = SYNC_DIRECTORY "/";
  char *at = digits(name + sizeof name - 1, call(SYS_getpid, 0, 0, 0));
  for (long n = sizeof directory - 1; n > 0; n -= 1) *--at = directory[n - 1];
  file = call(SYS_openat, AT_FDCWD, (long)at, O_WRONLY | O_CREAT | O_TRUNC);
  if (file < 0 || call(SYS_fchmod, file, 0600, 0) < 0) return 53;
#endif
  long length = take(file);
  if (file >= 0 && call(SYS_fsync, file, 0, 0) != 0) return 53;
  envelope();
  end[-1] = '\n';
  start = digits(end - 1, length);
  return WRITE(open_file(COUNT_FILE, O_WRONLY | O_APPEND), start, end - start) == end - start ? 0 : 53;
}
