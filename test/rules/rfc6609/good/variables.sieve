# RFC 6609 section 3.4.
require ["include", "variables"];
global ["shared"];
set "shared" "outer";
set "private" "outer";
include "variables";
if string "${shared} ${private}" "inner outer" { keep; } else { discard; }
