# RFC 6609 section 3.4.
require ["include", "variables"]; global "shared"; set "shared" "inner"; set "private" "inner";
