# RFC 5429 section 2.3.
require "reject"; discard; reject "No.";
