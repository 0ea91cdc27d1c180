# RFC 5429 section 2.3.
require ["reject", "variables"];
set "x" "1";
if string "${x}" "1" { reject "No."; }
if not string "${x}" "2" { reject "Again no."; }
