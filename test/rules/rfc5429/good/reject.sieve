# RFC 5429 section 2.2.
require "reject"; reject "No, thank you.";
