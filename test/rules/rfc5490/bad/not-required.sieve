# RFC 5490 section 3.1.
if mailboxexists "INBOX" { keep; }
