# RFC 6609 section 2.
include "redirect";
