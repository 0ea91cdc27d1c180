# RFC 7352 section 3.
if duplicate { discard; }
