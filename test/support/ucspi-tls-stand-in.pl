#!/usr/bin/perl
# Stands in for a server with UCSPI-TLS, TLS that starts when it is told to: ucspi-tls-stand-in.pl CERT PROGRAM ARGUMENTS, with the client
# on descriptors 0 and 1, as tcpserver starts it. It becomes the program. What stays behind waits for "Y" on the control
# descriptor, does the handshake with the client, tells of it in variables that end in NUL with one NUL more behind
# them, and then passes on what is said: what the client says to $SSLREADFD, and what comes from $SSLWRITEFD to the
# client. Where the handshake fails it closes everything without an answer.
use strict;
use Fcntl;
use Socket;
use Net::SSLeay;

$^F = 255; # the program gets the descriptors
my $cert = shift;
socketpair my $ask, my $told, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die "socketpair: $!";
pipe my $read, my $to_program or die "pipe: $!";
pipe my $from_program, my $write or die "pipe: $!";

my $pid = fork;
die "fork: $!" unless defined $pid;
if ($pid) {
  close $_ for $told, $to_program, $from_program;
  @ENV{qw(SSLCTLFD SSLREADFD SSLWRITEFD)} = map { fileno $_ } $ask, $read, $write;
  $ENV{UCSPITLS} //= '';
  exec @ARGV or die "$ARGV[0]: $!";
}

close $_ for $ask, $read, $write;
$SIG{PIPE} = 'IGNORE';
my $order = '';
exit 0 unless sysread($told, $order, 1) && $order eq 'Y';

fcntl STDIN, F_SETFL, fcntl(STDIN, F_GETFL, 0) & ~O_NONBLOCK; # as the program may have left it
my $context = Net::SSLeay::CTX_new() or die;
Net::SSLeay::CTX_use_PrivateKey_file($context, $cert, Net::SSLeay::FILETYPE_PEM()) or die 'no key';
Net::SSLeay::CTX_use_certificate_chain_file($context, $cert) or die 'no certificate';
my $ssl = Net::SSLeay::new($context);
Net::SSLeay::set_fd($ssl, 0);
exit 1 unless Net::SSLeay::accept($ssl) == 1;
my %variables = (SSL_PROTOCOL => Net::SSLeay::get_version($ssl), SSL_CIPHER => Net::SSLeay::get_cipher($ssl));
syswrite $told, join('', map { "$_=$variables{$_}\0" } sort keys %variables) . "\0";

my $client_talks = 1;
for (;;) {
  my $wanted = '';
  vec($wanted, 0, 1) = 1 if $client_talks;
  vec($wanted, fileno $from_program, 1) = 1;
  select $wanted, undef, undef, undef unless $client_talks && Net::SSLeay::pending($ssl);
  if ($client_talks && (Net::SSLeay::pending($ssl) || vec $wanted, 0, 1)) {
    my $octets = Net::SSLeay::read($ssl);
    if (defined $octets && length $octets) { syswrite $to_program, $octets }
    else { $client_talks = 0; close $to_program }
  }
  if (vec $wanted, fileno $from_program, 1) {
    my $octets = '';
    last unless sysread $from_program, $octets, 16384;
    Net::SSLeay::write($ssl, $octets);
  }
}
Net::SSLeay::shutdown($ssl);
