# RFC 5228 section 4.4: discard does nothing but cancel the implicit keep.
discard;
keep;
