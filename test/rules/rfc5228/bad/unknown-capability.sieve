# RFC 5228 section 3.2: a capability nobody knows.
require "vnd.example.nothing";
keep;
