# RFC 5260 section 3.
if date "date" "year" "2009" { keep; }
