# RFC 5260 section 4: one zone.
require "date"; if date :zone "+0000" :originalzone "date" "year" "2009" { keep; }
