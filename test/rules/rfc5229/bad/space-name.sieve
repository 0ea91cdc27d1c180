# RFC 5229 section 3: a name has no space.
require "variables"; set "a b" "x";
