# RFC 5260 section 5: now has no zone of its own.
require "date"; if currentdate :originalzone "year" "2009" { keep; }
