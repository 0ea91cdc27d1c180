# RFC 5228 section 8.1: nothing but K, M and G stands behind a number.
if size :over 10x { keep; }
