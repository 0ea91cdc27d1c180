# RFC 5228 section 3.3.
require "include"; include "stops"; redirect "late@example.com";
