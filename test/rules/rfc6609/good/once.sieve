# RFC 6609 section 3.1: the second time nothing happens.
require ["include", "variables"];
global "count";
set "count" "x";
include :once "counts";
include :once "counts";
if string "${count}" "xx" { keep; } else { discard; }
