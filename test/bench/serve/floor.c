/* The floor under tcpserver: a session that knows QUIT and nothing else. Every program that is started for each connection
   costs at least this much. */

#include <string.h>
#include <unistd.h>

static int say(const char *text) { return write(1, text, strlen(text)) == (ssize_t)strlen(text); }

int main(void) {
  char line[512];
  ssize_t n;
  if (!say("220 mx.example ESMTP\r\n")) return 1;
  while ((n = read(0, line, sizeof line)) > 0) {
    if (n >= 4 && memcmp(line, "QUIT", 4) == 0) return say("221 mx.example\r\n") ? 0 : 1;
    if (!say("502 QUIT is all there is\r\n")) return 1;
  }
  return 1;
}
