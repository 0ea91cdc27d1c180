# draft-ietf-sieve-regex section 3: not a pattern.
require "regex"; if header :regex "subject" "(a" { keep; }
