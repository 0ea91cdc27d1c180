# RFC 5229 section 3: a namespace nobody knows.
require "variables"; set "nobody.knows" "x";
