# RFC 5429 section 2.3.
require ["reject", "fileinto", "variables"];
set "x" "1";
fileinto "INBOX";
if string "${x}" "1" { reject "No."; }
