# draft-ietf-sieve-regex section 2.
if header :regex "subject" "a" { keep; }
