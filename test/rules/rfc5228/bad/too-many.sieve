# RFC 5228 section 4.3: keep has none.
keep "INBOX";
