# RFC 5228 section 8.2: a command ends in a semicolon or a block.
keep
discard;
