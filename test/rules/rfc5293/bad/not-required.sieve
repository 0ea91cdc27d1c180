# RFC 5293 section 3.
addheader "X-A" "x";
