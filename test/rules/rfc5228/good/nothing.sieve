# RFC 5228 section 2.10.2.
