# RFC 5228 section 2.7.3: only two comparators are there without require.
if header :comparator "i;ascii-numeric" "x-a" "1" { keep; }
