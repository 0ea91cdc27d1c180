# RFC 5228 section 3.2: fileinto has to be required.
fileinto "Work";
