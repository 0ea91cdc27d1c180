// What `mvmtr serve --help` prints. The options are those of serve-options.ts; test/papers.test.ts compares the two.

export const SERVE_HELP = `Usage: mvmtr serve [OPTIONS] ADDRESS...

Listens for clients and runs a session with each, all in one process: the work
of tcpserver(1) and of mvmtr without a command. Options of one letter are
tcpserver's and may stand together, as in -vHRl0; of equal ones the last counts.

An ADDRESS is a port (25: all addresses, IPv6 and IPv4), an address with a port
(192.0.2.1:25, [2001:db8::1]:25; 0:25 is all of IPv4, [::]:25 all of IPv6), or
unix:/path. With tls: in front, as in tls:465, clients begin with TLS. Sockets
that systemd has opened need none; those named tls, smtps or submissions
(FileDescriptorName=) are for TLS.

Listening:
  -b N                 connections that wait in the kernel (default: 1024)
  -1                   print the ports on standard output
  -u USER              with the sockets bound, become this user
  -g GROUP             and this group (default: that of USER in /etc/passwd)
  -U                   become $UID and $GID
  --workers N          processes that share the sockets (default: 1)
  --ready-fd N         write a newline to this descriptor when clients can come

Who may come in:
  -c N                 connections at one time (default: 40)
  -x FILE              rules of access, made by tcprules(1)
  -X                   everybody, if FILE does not exist
  --per-address N      connections of one address; of IPv6 one /64
  --per-network N      connections of one network, a /24; of IPv6 a /64
  --new-per-minute N   new connections of one address in a minute
  --max-load L         nobody new while the load average is above this,
  --load-floor N       unless fewer than so many are here (default: 10)
  --proxy-from NETS    whoever connects from there sends a PROXY header first
  --xclient-from NETS  whoever connects from there may use XCLIENT

What is found out about a client:
  -h, -H               its name from DNS, or not (default: -h)
  -p, -P               only a name that leads back to it, or any (default: -P)
  -r, -R               its user, by asking its machine, or not (default: -R)
  -t SECONDS           time for each of these (default: 26)
  -l NAME              our own name for TCPLOCALHOST, not looked up in DNS

Sessions:
  --profile PROFILE    stock: as qmail-smtpd; mvmtr: as this program (default)
  --qmail-home DIR     home directory of qmail (default: $QMAIL_HOME, else
                       /var/qmail)
  --queue QUEUE        where messages go: qmail (default) or maildir:DIR
  --host-name HOST     name of this host, instead of control/me
  -C FILE              start file of the rules, instead of control/mvmtr.mfl
  --body-cache OCTETS  octets of a message to keep in memory for the rules
  --greet-delay SECONDS
                       let clients wait for the greeting (default: 0)
  --early-talkers WHAT refuse (default) or note who speaks while it waits
  --max-errors N       refused commands after which a session is over
  --session-seconds N  seconds after which it is over
  --queue-timeout SECONDS
                       for a queue program to take octets, and to answer
                       (default: 1200)

The log, and the end:
  -v                   also a line with the number of connections, as it changes
  -Q                   what goes wrong, and what signals have done (default)
  -q                   sessions only
  --verbose            the dialogue as well
  --grace SECONDS      for sessions in a message, at TERM (default: 60)

-d, -D, -o and -O are accepted and do nothing.

Signals:
  HUP                  read control files and rules again
  ALRM                 take no new clients; they hear 421
  CONT                 take them again
  TERM, INT            go: no new clients, a 421 between two commands

As long as control/servepaused exists, at the start or at HUP, no clients are
taken. New certificates, and new users in control/smtpusers, count without HUP.
Exit code: 0 after TERM, 100 for a mistake in the command line, 111 when it
cannot listen or go on.
`;
