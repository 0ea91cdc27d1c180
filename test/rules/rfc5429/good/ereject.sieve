# RFC 5429 section 2.1.
require "ereject"; ereject "No, thank you.";
