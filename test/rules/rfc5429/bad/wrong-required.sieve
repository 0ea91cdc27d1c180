# RFC 5429 section 2: two extensions.
require "reject"; ereject "No.";
