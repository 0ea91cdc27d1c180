# RFC 5228 section 4.2 and 2.10.3.
redirect "away@example.net";
redirect "away@example.net";
