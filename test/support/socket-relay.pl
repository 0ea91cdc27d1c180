#!/usr/bin/perl
# Runs a program with one socket as its standard input and output, as a TCP server does, and passes octets between that
# socket and its own pipes. When the program leaves, the rest of what it said is passed on, whatever of the input
# it has not read is dropped, and this program leaves with the same exit code or signal.
#   socket-relay.pl PROGRAM [ARGUMENTS]
use strict;
use Socket;

$SIG{PIPE} = 'IGNORE';
socketpair(my $near, my $far, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
my $child = fork;
defined $child or die "fork: $!";
if ($child == 0) {
  $SIG{PIPE} = 'DEFAULT';
  close $near;
  open STDIN, '<&', $far or die "dup: $!";
  open STDOUT, '>&', $far or die "dup: $!";
  close $far;
  exec { $ARGV[0] } @ARGV or die "exec: $!";
}
close $far;

my ($waiting, $input_open) = ('', 1);
for (;;) {
  my ($read, $write) = ('', '');
  vec($read, fileno $near, 1) = 1;
  vec($read, 0, 1) = 1 if $input_open && $waiting eq '';
  vec($write, fileno $near, 1) = 1 if $waiting ne '';
  select $read, $write, undef, undef;
  if (vec $write, fileno $near, 1) {
    my $sent = send $near, $waiting, MSG_DONTWAIT;
    if (defined $sent) { substr $waiting, 0, $sent, '' }
    elsif (!$!{EAGAIN} && !$!{EINTR}) { ($waiting, $input_open) = ('', 0) }
    shutdown $near, 1 if $waiting eq '' && !$input_open;
  }
  if (vec $read, fileno $near, 1) {
    my $got = sysread $near, my $octets, 65536;
    if (!defined $got) { next if $!{EAGAIN} || $!{EINTR} }
    last unless $got;
    for (my $at = 0; $at < $got;) {
      my $put = syswrite STDOUT, $octets, $got - $at, $at;
      defined $put or last;
      $at += $put;
    }
  }
  if (vec $read, 0, 1) {
    my $got = sysread STDIN, $waiting, 65536;
    if (!$got) {
      $input_open = 0;
      shutdown $near, 1;
    }
  }
}
waitpid $child, 0;
if ($? & 127) { kill $? & 127, $$ }
exit $? >> 8;
