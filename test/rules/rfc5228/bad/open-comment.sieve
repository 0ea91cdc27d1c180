# RFC 5228 section 8.1: every comment is closed.
keep; /* and then
