# RFC 5228 section 5.7: header has two arguments.
if header :is "subject" { keep; }
