# RFC 6609 section 3.1.
require "include"; include "circle";
