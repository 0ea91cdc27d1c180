# RFC 5703 section 3.2: break stands in a loop.
require "foreverypart"; break;
