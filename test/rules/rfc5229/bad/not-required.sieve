# RFC 5229 section 4: set has to be required.
set "a" "x";
