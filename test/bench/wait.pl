# perl wait.pl PROGRAM [ARGS]: runs a program on our own descriptors 0, 1 and 2 and writes one line to descriptor 3:
# when it was started and when it was gone (seconds on the monotonic clock), CPU seconds in user and system mode
# (its own and those of the children it has waited for; -1 where this is not known), and its wait status.
# The small process in between is there because Node tells nothing about the resources a child has used, and because
# forking a large process would be part of the measurement. wait4 has no number we know on machines not listed.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my %wait4 = (x86_64 => 61, aarch64 => 260);
my $number = $wait4{(POSIX::uname())[4]};

open my $report, '>&=', 3 or die "descriptor 3: $!\n";
fcntl $report, F_SETFD, FD_CLOEXEC;

my $start = clock_gettime(CLOCK_MONOTONIC);
my $pid = fork;
die "fork: $!\n" unless defined $pid;
if ($pid == 0) {
  exec { $ARGV[0] } @ARGV or POSIX::_exit(127);
}
# The client must see the end when the program leaves, not when we do.
POSIX::close($_) for 0, 1;

my ($user, $system) = (-1, -1);
if (defined $number) {
  my $status = "\0" x 4;
  my $usage = "\0" x 256;
  syscall $number, $pid + 0, $status, 0, $usage;
  my @time = unpack 'l!4', $usage;
  ($user, $system) = ($time[0] + $time[1] / 1e6, $time[2] + $time[3] / 1e6);
  $? = unpack 'i', $status;
} else {
  waitpid $pid, 0;
}
my $status = $?;
printf $report "%.6f %.6f %.6f %.6f %d\n", $start, clock_gettime(CLOCK_MONOTONIC), $user, $system, $status;
