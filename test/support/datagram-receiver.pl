#!/usr/bin/perl
# Receives datagrams on a unix socket, as a supervisor does, and prints each on a line of its own, in hexadecimal. Says
# "bound" first. "@name" is an abstract name. A barrier, which comes with a descriptor to be closed, is only taken.
#   datagram-receiver.pl SOCKET
use strict;
use Socket;

my ($name) = @ARGV;
$name =~ s/^@/\0/;
socket my $socket, AF_UNIX, SOCK_DGRAM, 0 or die "socket: $!";
bind $socket, pack_sockaddr_un $name or die "bind: $!";
$| = 1;
print "bound\n";
while (defined recv $socket, my $datagram, 65536, 0) {
  print unpack('H*', $datagram), "\n" unless $datagram eq 'BARRIER=1';
}
