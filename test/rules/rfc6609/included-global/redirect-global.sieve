# RFC 6609 section 3.1.
redirect "global@example.com";
