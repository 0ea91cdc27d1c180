# RFC 5228 section 2.9: a test is not a command.
header "subject" "x";
