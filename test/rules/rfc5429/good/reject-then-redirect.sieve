# RFC 5429 section 2.3.
require ["reject", "variables"];
set "x" "1";
if string "${x}" "1" { reject "No."; }
redirect "ann@example.com";
