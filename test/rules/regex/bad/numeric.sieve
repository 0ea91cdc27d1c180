# draft-ietf-sieve-regex section 4: not with i;ascii-numeric.
require ["regex", "comparator-i;ascii-numeric"]; if header :regex :comparator "i;ascii-numeric" "subject" "a" { keep; }
