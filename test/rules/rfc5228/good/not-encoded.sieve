# RFC 5228 section 2.4.2.4: text without the extension.
if header "subject" "${unicode:d800}" { keep; }
