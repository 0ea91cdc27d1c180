# RFC 5230 section 4.7.
require ["vacation", "variables"];
set "x" "1";
if string "${x}" "1" { vacation "One."; }
if not string "${x}" "2" { vacation "Two."; }
