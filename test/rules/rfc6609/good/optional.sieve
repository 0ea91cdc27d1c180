# RFC 6609 section 3.1: it need not be there.
require "include"; include :optional "not-there"; keep;
