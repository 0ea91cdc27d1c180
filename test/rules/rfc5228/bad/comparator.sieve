# RFC 5228 section 2.7.3: a comparator nobody knows.
if header :comparator "i;example" "subject" "x" { keep; }
