# RFC 5228 section 2.10.6: a command nobody knows.
frobnicate "x";
