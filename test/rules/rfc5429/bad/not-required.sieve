# RFC 5429 section 2.
reject "No.";
