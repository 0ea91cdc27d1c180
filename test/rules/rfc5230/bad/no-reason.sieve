# RFC 5230 section 4.
require "vacation"; vacation :days 7;
