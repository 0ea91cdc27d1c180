# RFC 5228 section 2.7.1: one match type.
if header :is :contains "subject" "x" { keep; }
