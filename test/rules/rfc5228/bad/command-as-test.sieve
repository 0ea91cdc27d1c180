# RFC 5228 section 2.9: a command is not a test.
if keep { discard; }
