# RFC 5230 section 3.
vacation "Away.";
