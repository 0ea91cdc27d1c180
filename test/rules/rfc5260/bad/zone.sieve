# RFC 5260 section 4.1: a sign and four digits.
require "date"; if date :zone "CET" "date" "year" "2009" { keep; }
