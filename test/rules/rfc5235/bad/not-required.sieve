# RFC 5235 section 2.1.
if spamtest "0" { keep; }
