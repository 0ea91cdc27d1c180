# RFC 5293 section 5: :last goes with :index.
require "editheader"; deleteheader :last "X-A";
