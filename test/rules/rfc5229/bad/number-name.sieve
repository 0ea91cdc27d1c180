# RFC 5229 section 3: a name does not start with a digit.
require "variables"; set "1" "x";
