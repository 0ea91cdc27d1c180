# RFC 5463 section 3.
if ihave "fileinto" { keep; }
