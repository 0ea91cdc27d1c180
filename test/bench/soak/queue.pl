# perl queue.pl LEDGER: what queue.c does, where there is no C compiler.
use strict;
use warnings;
use Compress::Zlib ();

open my $to_read, '<&=', 1 or exit 54;
binmode $_ for \*STDIN, $to_read;
local $/;
my $message = <STDIN> // '';
my $envelope = <$to_read> // '';
$envelope =~ /\AF([^\0]*)\0((?:T[^\0]*\0)+)\0\z/ or exit 91;
my ($sender, $recipients) = ($1, $2);
$message =~ /^(X-Soak: .*)\z/ms or exit 54;
my $own = $1;
my @to = map { substr $_, 1 } split /\0/, $recipients;
my $line = sprintf "%08x %d %s\n", Compress::Zlib::crc32($own), length $own, join ' ', $sender, @to;
open my $ledger, '>>', $ARGV[0] or exit 53;
syswrite($ledger, $line) == length $line or exit 53;
