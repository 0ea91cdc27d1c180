# RFC 5228 section 2.4.2.4: no character of Unicode.
require "encoded-character";
if header "subject" "${unicode:110000}" { keep; }
