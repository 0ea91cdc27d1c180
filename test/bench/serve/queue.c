/* The queue program of the bench: reads the message from descriptor 0 and the envelope from descriptor 1, and appends the
   number of the message's octets as a line to COUNT_FILE. With SYNC_DIRECTORY the message is a file there before that, and on
   the disk. An envelope that does not come to its end is not counted, as with qmail-queue.
   Exits: 0 queued, 53 cannot write, 54 cannot read, 91 no complete envelope. */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char octets[65536];

/* The message; returns its length. */
static long take(int file) {
  long length = 0;
  ssize_t n;
  while ((n = read(0, octets, sizeof octets)) > 0) {
    length += n;
    if (file >= 0 && write(file, octets, n) != n) _exit(53);
  }
  if (n < 0) _exit(54);
  return length;
}

/* The envelope ends with two zero octets: that of the last recipient, and one more. */
static void envelope(void) {
  char before = 'x', last = 'x';
  ssize_t n;
  while ((n = read(1, octets, sizeof octets)) > 0) {
    before = n > 1 ? octets[n - 2] : last;
    last = octets[n - 1];
  }
  if (n < 0) _exit(54);
  if (before != 0 || last != 0) _exit(91);
}

int main(void) {
  char line[32];
  long length;
  int n, count, file = -1;
#ifdef SYNC_DIRECTORY
  char name[sizeof SYNC_DIRECTORY + 32];
  sprintf(name, "%s/%ld", SYNC_DIRECTORY, (long)getpid());
  file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) return 53;
#endif
  length = take(file);
  if (file >= 0 && fsync(file) != 0) return 53;
  envelope();
  count = open(COUNT_FILE, O_WRONLY | O_APPEND);
  n = sprintf(line, "%ld\n", length);
  return count < 0 || write(count, line, n) != n ? 53 : 0;
}
