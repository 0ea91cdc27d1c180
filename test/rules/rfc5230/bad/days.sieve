# RFC 5230 section 4.1: a number.
require "vacation"; vacation :days "7" "Away.";
