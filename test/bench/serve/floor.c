/* The floor under tcpserver: a session that knows QUIT and nothing else. Every program that is started for each connection
   costs at least this much. */

#include "bare.h"

#define SAY(text) (WRITE(1, text, sizeof text - 1) == (long)sizeof text - 1)

static int run(void) {
  static char line[512];
  long n;
  if (!SAY("220 mx.example ESMTP\r\n")) return 1;
  while ((n = READ(0, line, sizeof line)) > 0) {
    if (n >= 4 && line[0] == 'Q' && line[1] == 'U' && line[2] == 'I' && line[3] == 'T') {
      return SAY("221 mx.example\r\n") ? 0 : 1;
    }
    if (!SAY("502 QUIT is all there is\r\n")) return 1;
  }
  return 1;
}
