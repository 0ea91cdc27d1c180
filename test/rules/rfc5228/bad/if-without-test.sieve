# RFC 5228 section 3.1: if has a test.
if { keep; }
