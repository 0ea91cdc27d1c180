# RFC 4790 section 9.1.1: i;ascii-numeric has no substrings.
require "comparator-i;ascii-numeric"; if header :contains :comparator "i;ascii-numeric" "subject" "1" { keep; }
