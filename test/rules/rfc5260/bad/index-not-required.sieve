# RFC 5260 section 6.
if header :index 1 "x-a" "x" { keep; }
