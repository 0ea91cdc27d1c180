# RFC 5228 section 8.2: every block is closed.
if true { keep;
