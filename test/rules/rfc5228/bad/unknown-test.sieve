# RFC 5228 section 2.10.6: a test nobody knows.
if weather "x" { keep; }
