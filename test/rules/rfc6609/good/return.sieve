# RFC 6609 section 3.3.
require "include"; include "returns"; keep;
