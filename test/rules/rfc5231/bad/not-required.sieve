# RFC 5231 section 2.
if header :count "eq" "subject" "1" { keep; }
