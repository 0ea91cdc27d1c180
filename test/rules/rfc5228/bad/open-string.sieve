# RFC 5228 section 8.1: every string is closed.
redirect "ann@example.com;
