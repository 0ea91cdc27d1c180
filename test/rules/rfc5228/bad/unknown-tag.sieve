# RFC 5228 section 2.6.2: a tag the test does not take.
if header :loudly "subject" "x" { keep; }
