# RFC 3894 section 3.
redirect :copy "ann@example.com";
