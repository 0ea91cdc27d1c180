# RFC 6609 section 3.1.
require ["include", "variables"]; global "count"; set "count" "${count}x";
