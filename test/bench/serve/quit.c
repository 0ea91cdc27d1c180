/* quit PORT CONNECTIONS PARALLEL: what the mode "quit" of client.mjs does, for less than half the CPU time, of which the server
   gets what is left: connections that read the greeting, say QUIT and wait for the end, one after the other in each of PARALLEL
   processes. Prints one JSON value: the seconds it took. Exits 1 as soon as a reply is not what it should be. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in server;

static void fail(const char *why) {
  perror(why);
  _exit(1);
}

/* One line of reply, which has to begin with this code. */
static void expect(int connection, const char *code) {
  char line[1024];
  size_t length = 0;
  while (length == 0 || line[length - 1] != '\n') {
    ssize_t n = read(connection, line + length, sizeof line - length);
    if (n <= 0) fail(code);
    length += n;
  }
  if (memcmp(line, code, 3) != 0) fail(code);
}

static void quit_once(void) {
  char octet;
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0) fail("socket");
  if (connect(connection, (struct sockaddr *)&server, sizeof server) != 0) fail("connect");
  expect(connection, "220");
  if (write(connection, "QUIT\r\n", 6) != 6) fail("QUIT");
  expect(connection, "221");
  if (read(connection, &octet, 1) != 0) fail("end");
  close(connection);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  int connections, parallel, at, status, failed = 0;
  double start = now();
  if (argc != 4) return 1;
  server.sin_family = AF_INET;
  server.sin_port = htons(atoi(argv[1]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connections = atoi(argv[2]);
  parallel = atoi(argv[3]);
  for (at = 0; at < parallel; at++) {
    int left = connections / parallel + (at < connections % parallel);
    pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid > 0) continue;
    while (left-- > 0) quit_once();
    _exit(0);
  }
  while (wait(&status) > 0) failed |= status != 0;
  if (failed) return 1;
  printf("{\"seconds\":%.6f}\n", now() - start);
  return 0;
}
