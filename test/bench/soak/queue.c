/* The queue program of the soak: reads the message from descriptor 0 and the envelope from descriptor 1, and appends one line
   to LEDGER_FILE, with one write: the CRC-32 of the message from its field X-Soak on (what stands before it is the server's),
   the number of these octets, the sender and the recipients. An envelope that does not come to its end leaves no line.
   Exits: 0 queued, 53 cannot write, 54 cannot read, 55 too large for this program, 91 no complete envelope. */

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MARK "X-Soak: "

static char message[1 << 20], envelope[1 << 14], line[sizeof envelope + 64];

/* All that comes, which has to be less than `most` octets. */
static size_t take(int descriptor, char *octets, size_t most) {
  size_t length = 0;
  ssize_t n;
  while ((n = read(descriptor, octets + length, most - length)) > 0) {
    length += n;
    if (length == most) _exit(55);
  }
  if (n < 0) _exit(54);
  return length;
}

/* Where our own part begins: at the start of a line. */
static const char *own_part(size_t length) {
  const char *at = message, *end = message + length;
  while (at != NULL && end - at >= (long)strlen(MARK)) {
    if (memcmp(at, MARK, strlen(MARK)) == 0) return at;
    at = memchr(at, '\n', end - at);
    if (at != NULL) at++;
  }
  _exit(54);
}

/* The one of RFC 1952. */
static unsigned long crc32(const char *octets, size_t length) {
  unsigned long crc = 0xffffffff;
  int bit;
  while (length-- > 0) {
    crc ^= (unsigned char)*octets++;
    for (bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return crc ^ 0xffffffff;
}

int main(void) {
  size_t length = take(0, message, sizeof message);
  size_t size = take(1, envelope, sizeof envelope);
  const char *own = own_part(length), *at;
  size_t left = length - (own - message);
  int ledger, n;
  if (size < 4 || envelope[0] != 'F' || envelope[size - 1] != 0 || envelope[size - 2] != 0) return 91;
  n = sprintf(line, "%08lx %lu %s", crc32(own, left), (unsigned long)left, envelope + 1);
  for (at = envelope + strlen(envelope) + 1; *at == 'T'; at += strlen(at) + 1) n += sprintf(line + n, " %s", at + 1);
  if (at != envelope + size - 1) return 91;
  line[n++] = '\n';
  ledger = open(LEDGER_FILE, O_WRONLY | O_APPEND);
  return ledger < 0 || write(ledger, line, n) != n ? 53 : 0;
}
