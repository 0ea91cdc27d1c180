# perl reaper.pl PROGRAM [ARGS]: runs a program on our own descriptors 0, 1 and 2 in a process group of its own, writes its
# process id as one line to descriptor 3, and becomes the parent of whatever loses its parent below it. So the CPU time of
# every process that a server has started stays in the books: in its parent's, or in ours.
# Ends when nothing is left below, with 0, or with 1 when the program did not leave with 0 or by SIGTERM. SIGTERM, or the end of
# the bench, kills all that is below.
# The prctl call has no number we know on machines not listed; there, orphans are not counted.
use strict;
use warnings;
use Fcntl;
use POSIX ();

use constant { PR_SET_PDEATHSIG => 1, PR_SET_CHILD_SUBREAPER => 36 };

my %prctl = (x86_64 => 157, aarch64 => 167);
my $number = $prctl{(POSIX::uname())[4]};

sub control {
  my ($option, $value) = @_;
  syscall $number, $option, $value, 0, 0, 0 if defined $number;
}

open my $report, '>&=', 3 or die "descriptor 3: $!\n";
fcntl $report, F_SETFD, FD_CLOEXEC;
control(PR_SET_CHILD_SUBREAPER, 1);
control(PR_SET_PDEATHSIG, POSIX::SIGTERM);

# Those of the killed become our children, and are met the next time.
my $killing = 0;
sub kill_children {
  open my $children, '<', "/proc/$$/task/$$/children" or return;
  kill 'KILL', split ' ', <$children> // '';
}
$SIG{TERM} = sub { $killing = 1; kill_children() };

my $pid = fork;
die "fork: $!\n" unless defined $pid;
if ($pid == 0) {
  $SIG{TERM} = 'DEFAULT';
  setpgrp 0, 0;
  control(PR_SET_PDEATHSIG, POSIX::SIGTERM);
  exec { $ARGV[0] } @ARGV or POSIX::_exit(127);
}
# Our end of the server's output would keep it open when the server is gone.
POSIX::close($_) for 0, 1;
syswrite $report, "$pid\n";
close $report;

my $status = 0;
for (;;) {
  my $gone = waitpid -1, 0;
  last if $gone < 0 && !$!{EINTR};
  $status = $? if $gone == $pid;
  kill_children() if $killing;
}
POSIX::_exit($status == 0 || ($status & 127) == POSIX::SIGTERM ? 0 : 1);
