# RFC 6609 section 3.1.
redirect "first@example.com";
