# RFC 5435 section 2.
notify "mailto:phone@example.org";
