# RFC 7352 section 3.
require "duplicate"; if duplicate :header "X-Id" :handle "h" :seconds 60 :last { discard; }
