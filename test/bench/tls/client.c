/* A client of TLS for the bench, fast enough to leave the server most of the machine. Its modes, the first argument:

     shake PORT VERSION RESUME PARALLEL SECONDS   connections that say QUIT, one after the other in each of PARALLEL processes
     send PORT MESSAGES OCTETS CIPHER             messages on one connection; CIPHER is of TLS 1.3, or - for what is agreed on
     idle PORT SESSIONS                           sessions that say EHLO and stay until standard input ends
     sink CERTIFICATE                             a server that does nothing but take what send sends; prints its port

   VERSION is 12 or 13; with RESUME 1 every handshake but the first of each process is resumed, with the last ticket of the first.
   Prints one JSON value. Exits 1, with what was missing, as soon as a reply is not what it should be. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE 72
#define BLOCK (LINE * 16 * 512)

static SSL_CTX *context;
static struct sockaddr_in server;
static SSL_SESSION *ticket;

static void fail(const char *why) {
  perror(why);
  ERR_print_errors_fp(stderr);
  _exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

/* CPU seconds of this process, or of those it has waited for. */
static double cpu(int who) {
  struct rusage used;
  getrusage(who, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int keep_ticket(SSL *tls, SSL_SESSION *session) {
  (void)tls;
  SSL_SESSION_free(ticket);
  ticket = session;
  return 1;
}

static SSL *dial(void) {
  int one = 1, connection = socket(AF_INET, SOCK_STREAM, 0);
  SSL *tls = SSL_new(context);
  if (connection < 0 || tls == NULL) fail("socket");
  if (connect(connection, (struct sockaddr *)&server, sizeof server) != 0) fail("connect");
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  SSL_set_fd(tls, connection);
  if (ticket != NULL) SSL_set_session(tls, ticket);
  if (SSL_connect(tls) != 1) fail("handshake");
  return tls;
}

static void hang_up(SSL *tls) {
  int connection = SSL_get_fd(tls);
  SSL_shutdown(tls);
  SSL_free(tls);
  close(connection);
}

/* A whole reply, of one line or several, that begins with this code. */
static void expect(SSL *tls, const char *code) {
  char said[4096];
  int length = 0;
  for (;;) {
    int at, start = 0, n = SSL_read(tls, said + length, sizeof said - length);
    if (n <= 0) fail(code);
    length += n;
    if (said[length - 1] != '\n') continue;
    for (at = 0; at < length - 1; at++) start = said[at] == '\n' ? at + 1 : start;
    if (length - start < 4 || said[start + 3] == '-') continue;
    if (memcmp(said + start, code, 3) != 0) fail(code);
    return;
  }
}

static void say(SSL *tls, const char *octets, int length) {
  if (SSL_write(tls, octets, length) != length) fail("write");
}

static void ask(SSL *tls, const char *line, const char *code) {
  say(tls, line, strlen(line));
  expect(tls, code);
}

static int shake_once(void) {
  char octet;
  SSL *tls = dial();
  int resumed = SSL_session_reused(tls);
  expect(tls, "220");
  ask(tls, "QUIT\r\n", "221");
  if (SSL_get_error(tls, SSL_read(tls, &octet, 1)) != SSL_ERROR_ZERO_RETURN) fail("close_notify");
  hang_up(tls);
  return resumed;
}

static int shake(int resume, int parallel, double seconds) {
  struct count { long all, resumed; } *counts, total = {0, 0};
  double start = now(), took;
  int at, status, failed = 0;
  counts = mmap(NULL, parallel * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counts == MAP_FAILED) fail("mmap");
  if (resume) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_ticket);
  }
  for (at = 0; at < parallel; at++) {
    pid_t pid = fork();
    if (pid < 0) fail("fork");
    if (pid > 0) continue;
    while (now() - start < seconds) {
      counts[at].resumed += shake_once();
      counts[at].all++;
      /* Else OpenSSL uses a ticket once only (RFC 8446 C.4), and not every server gives a new one to who resumes. */
      SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    }
    _exit(0);
  }
  while (wait(&status) > 0) failed |= status != 0;
  if (failed) return 1;
  took = now() - start;
  for (at = 0; at < parallel; at++) {
    total.all += counts[at].all;
    total.resumed += counts[at].resumed;
  }
  printf("{\"count\":%ld,\"resumed\":%ld,\"seconds\":%.6f,\"cpu\":%.6f}\n", total.all, total.resumed, took,
         cpu(RUSAGE_CHILDREN));
  return 0;
}

/* Lines as those of client.mjs: every sixteenth begins with a dot, and with a second one for the wire. */
static void fill(char *block) {
  int line;
  for (line = 0; line < BLOCK / LINE; line++) {
    char *at = block + line * LINE;
    int dotted = line % 16 == 15;
    memset(at, dotted ? 'y' : 'x', LINE - 2);
    if (dotted) at[0] = at[1] = '.';
    memcpy(at + LINE - 2, "\r\n", 2);
  }
}

static int send_messages(int messages, long octets) {
  static char block[BLOCK];
  SSL *tls = dial();
  double start, before;
  fill(block);
  expect(tls, "220");
  ask(tls, "EHLO client.example\r\n", "250");
  start = now();
  before = cpu(RUSAGE_SELF);
  while (messages-- > 0) {
    long left = octets / LINE * LINE;
    ask(tls, "MAIL FROM:<a@client.example>\r\n", "250");
    ask(tls, "RCPT TO:<b@mx.example>\r\n", "250");
    ask(tls, "DATA\r\n", "354");
    say(tls, "Subject: large\r\n\r\n", 18);
    for (; left > 0; left -= BLOCK) say(tls, block, left < BLOCK ? left : BLOCK);
    ask(tls, ".\r\n", "250");
  }
  printf("{\"seconds\":%.6f,\"cpu\":%.6f,\"cipher\":\"%s\"}\n", now() - start, cpu(RUSAGE_SELF) - before,
         SSL_get_cipher(tls));
  ask(tls, "QUIT\r\n", "221");
  hang_up(tls);
  return 0;
}

static int idle(int sessions) {
  char octet;
  SSL **held = calloc(sessions, sizeof *held);
  int at;
  for (at = 0; at < sessions; at++) {
    held[at] = dial();
    expect(held[at], "220");
    ask(held[at], "EHLO client.example\r\n", "250");
  }
  printf("{\"held\":%d}\n", sessions);
  fflush(stdout);
  while (read(0, &octet, 1) > 0) continue;
  for (at = 0; at < sessions; at++) {
    ask(held[at], "NOOP\r\n", "250");
    hang_up(held[at]);
  }
  return 0;
}

/* Every read is a line, or else a part of a message: send waits for its answers. */
static int sink(const char *certificate) {
  static char octets[1 << 16];
  socklen_t length = sizeof server;
  int connection, listener = socket(AF_INET, SOCK_STREAM, 0), in_message = 0, n;
  SSL *tls;
  SSL_CTX *own = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(own, certificate) != 1) fail(certificate);
  if (SSL_CTX_use_PrivateKey_file(own, certificate, SSL_FILETYPE_PEM) != 1) fail(certificate);
  if (bind(listener, (struct sockaddr *)&server, sizeof server) != 0 || listen(listener, 1) != 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&server, &length);
  printf("%d\n", ntohs(server.sin_port));
  fflush(stdout);
  connection = accept(listener, NULL, NULL);
  tls = SSL_new(own);
  SSL_set_fd(tls, connection);
  if (SSL_accept(tls) != 1) fail("accept");
  say(tls, "220 sink\r\n", 10);
  while ((n = SSL_read(tls, octets, sizeof octets)) > 0) {
    if (in_message) {
      in_message = !(n == 3 && memcmp(octets, ".\r\n", 3) == 0);
      if (!in_message) say(tls, "250 ok\r\n", 8);
    } else if (memcmp(octets, "DATA", 4) == 0) {
      in_message = 1;
      say(tls, "354 go\r\n", 8);
    } else {
      say(tls, memcmp(octets, "QUIT", 4) == 0 ? "221 ok\r\n" : "250 ok\r\n", 8);
    }
  }
  printf("{\"cpu\":%.6f}\n", cpu(RUSAGE_SELF));
  return 0;
}

static int use_version(const char *version) {
  int number = strcmp(version, "12") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
  return SSL_CTX_set_min_proto_version(context, number) && SSL_CTX_set_max_proto_version(context, number);
}

int main(int argc, char **argv) {
  const char *mode = argc > 2 ? argv[1] : "";
  context = SSL_CTX_new(TLS_client_method());
  server.sin_family = AF_INET;
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (strcmp(mode, "sink") == 0) return sink(argv[2]);
  server.sin_port = htons(argc > 2 ? atoi(argv[2]) : 0);
  if (strcmp(mode, "shake") == 0 && argc == 7 && use_version(argv[3]))
    return shake(atoi(argv[4]), atoi(argv[5]), atof(argv[6]));
  if (strcmp(mode, "send") == 0 && argc == 6) {
    if (strcmp(argv[5], "-") != 0 && SSL_CTX_set_ciphersuites(context, argv[5]) != 1) fail(argv[5]);
    return send_messages(atoi(argv[3]), atol(argv[4]));
  }
  if (strcmp(mode, "idle") == 0 && argc == 4) return idle(atoi(argv[3]));
  fprintf(stderr, "client.c says what the arguments are\n");
  return 1;
}
