# RFC 5228 section 8.2: a list has one string at least.
if header "subject" [] { keep; }
