# RFC 5228 section 5.9: over or under.
if size 100 { keep; }
