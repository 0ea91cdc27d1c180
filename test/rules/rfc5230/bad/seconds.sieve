# RFC 6131 section 2: :seconds is an extension of its own.
require "vacation"; vacation :seconds 60 "Away.";
