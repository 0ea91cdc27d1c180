# RFC 5228 section 4.4.
discard;
