# RFC 6609 section 3.1: not there, and not optional.
require "include"; include "not-there";
