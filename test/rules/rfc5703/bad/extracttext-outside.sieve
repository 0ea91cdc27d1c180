# RFC 5703 section 7: only in a loop.
require ["foreverypart", "extracttext", "variables"]; extracttext "x";
