#!/usr/bin/perl
# Stands in for checkpassword (http://cr.yp.to/checkpwd/interface.html): reads user, password and a third field from descriptor 3,
# each with a NUL behind it, and becomes the program of its arguments if they are right, else leaves with 1. The passwords
# are in the file $STAND_IN_PASSWORDS, "user:password" in each line. A third field is a challenge, and then the password
# is the digest of CRAM-MD5. The user "exits-N" makes it leave with N, and "killed-by-NAME" makes it die.
use strict;
use Digest::MD5 'md5', 'md5_hex';

open my $in, '<&=3' or exit 2;
binmode $in;
my $given = do { local $/; <$in> };
exit 2 unless defined $given && length $given <= 512 && $given =~ /\A([^\0]*)\0([^\0]*)\0([^\0]*)\0/;
my ($user, $secret, $challenge) = ($1, $2, $3);
exit $1 if $user =~ /\Aexits-([0-9]+)\z/;
if ($user =~ /\Akilled-by-([A-Z]+)\z/) { kill $1, $$; sleep 9 }

open my $file, '<:raw', $ENV{STAND_IN_PASSWORDS} or exit 111;
my ($known) = map { /\A\Q$user\E:(.*)\n\z/ ? $1 : () } <$file>;
exit 1 unless defined $known;
my $right = length $challenge ? hmac_md5($known, $challenge) : $known;
exit 1 unless $secret eq $right;
exec @ARGV or exit 111;

# RFC 2104.
sub hmac_md5 {
  my ($key, $text) = @_;
  $key = md5($key) if length $key > 64;
  $key .= "\0" x (64 - length $key);
  return md5_hex(($key ^ ("\x5c" x 64)) . md5(($key ^ ("\x36" x 64)) . $text));
}
