# RFC 5228 section 4.2: redirect takes a string.
redirect 42;
