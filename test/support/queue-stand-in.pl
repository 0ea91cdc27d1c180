#!/usr/bin/perl
# Stands in for qmail-queue: takes the message from descriptor 0 to its end, then the envelope from descriptor 1 to
# its end, and keeps both octet for octet in $STAND_IN_OUT/<n>/, n counting from 1 in the order of starting:
#   message, envelope   what was read
#   verdict             written last: 0 complete, 54 cut short, 91 not an envelope, 11 address too long, "unread"
#   env                 with STAND_IN_NOTE: the named variables as seen here
# How it behaves comes from the environment. EXITS and TEXTS are comma-separated, one entry for each message, the
# last one serving all the rest: exit codes or signal:NAME, and texts for descriptor 6 in hexadecimal.
#   STAND_IN_EXITS STAND_IN_TEXTS STAND_IN_READ (all, message, none) STAND_IN_NOTE
#   STAND_IN_READ_DELAY, STAND_IN_DELAY   milliseconds before reading, before leaving
#   STAND_IN_PAUSE                        milliseconds after every 64 KB of message
#   STAND_IN_DISCARD                      keep the message's length and not the message
# A verdict other than 0 is also the exit code, unless EXITS asks for another one than 0.
use strict;

$SIG{PIPE} = 'IGNORE';
my $out = $ENV{STAND_IN_OUT} or exit 61;
my $n = 1;
until (mkdir "$out/$n") { exit 62 if !-d $out || ++$n > 99_999 }

keep('env', join '', map { exists $ENV{$_} ? "$_=$ENV{$_}\n" : "$_ is not set\n" } split /,/, $ENV{STAND_IN_NOTE})
  if $ENV{STAND_IN_NOTE};
pause($ENV{STAND_IN_READ_DELAY});
my $what = $ENV{STAND_IN_READ} || 'all';
my $verdict = 'unread';
receive_message() if $what ne 'none';
if ($what eq 'all') {
  my $envelope = '';
  1 while sysread_or_leave(1, \$envelope);
  keep('envelope', $envelope);
  $verdict = judge($envelope);
}
my $text = pack 'H*', entry($ENV{STAND_IN_TEXTS}, '');
if (length $text && open my $six, '>&=6') { syswrite $six, $text; close $six }
pause($ENV{STAND_IN_DELAY});
keep('verdict', $verdict);

my $exit = entry($ENV{STAND_IN_EXITS}, 0);
if ($exit =~ s/^signal://) { kill $exit, $$; sleep 9 }
exit($exit || ($verdict eq 'unread' ? 0 : $verdict));

sub pause { select undef, undef, undef, $_[0] / 1000 if $_[0] }

sub entry {
  my ($list, $otherwise) = @_;
  return $otherwise unless defined $list && $list ne '';
  my @entries = split /,/, $list, -1;
  return $n > @entries ? $entries[-1] : $entries[$n - 1];
}

sub sysread_or_leave {
  my ($descriptor, $buffer) = @_;
  open my $in, "<&=$descriptor" or exit 54;
  my $got = sysread $in, $$buffer, 65536, length $$buffer;
  exit 54 unless defined $got;
  return $got;
}

sub receive_message {
  my ($piece, $length) = ('', 0);
  open my $in, '<&=0' or exit 54;
  open my $file, '>:raw', "$out/$n/message" or exit 53;
  while (my $got = sysread $in, $piece, 65536) {
    $length += $got;
    print {$file} $piece or exit 53 unless $ENV{STAND_IN_DISCARD};
    pause($ENV{STAND_IN_PAUSE});
  }
  print {$file} $length or exit 53 if $ENV{STAND_IN_DISCARD};
  close $file or exit 53;
}

sub keep {
  my ($name, $octets) = @_;
  open my $file, '>:raw', "$out/$n/.$name" or exit 53;
  print {$file} $octets or exit 53;
  close $file or exit 53;
  rename "$out/$n/.$name", "$out/$n/$name" or exit 53;
}

sub judge {
  my ($envelope) = @_;
  return 54 if $envelope eq '';
  my $rest = $envelope;
  for (my $letter = 'F'; ; $letter = 'T') {
    return 54 if $rest eq '';
    return 0 if $letter eq 'T' && $rest =~ /^\0/;
    return 91 if substr($rest, 0, 1) ne $letter;
    my $end = index $rest, "\0";
    return 11 if ($end < 0 ? length $rest : $end) > 1003;
    return 54 if $end < 0;
    $rest = substr $rest, $end + 1;
  }
}
