# RFC 5463 section 3.
error "x";
