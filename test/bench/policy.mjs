// The policy that bench:rules measures: 200 lines as a site could have written them, with lists, functions and hooks for connect,
// helo, mail and rcpt, none of which looks anything up. The session of the bench passes all of it and is accepted.

const networks = Array.from({ length: 10 }, (_, n) => `    "198.51.${n}.0/24"`).join(',\n');

const senders = Array.from(
  { length: 20 },
  (_, n) => `    if (sender.domain is "offers-${n}.example") {
        reject :status "5.7.1" "No offers from \${sender.domain}";
    }`,
).join('\n');

const recipients = Array.from(
  { length: 20 },
  (_, n) => `    if (rcpt.localpart == "former-${n}") {
        reject :status "5.1.6" "\${rcpt.address} has moved";
    }`,
).join('\n');

export const POLICY = `# A policy without look-ups.

const list friends = [
    "192.0.2.0/28",
    "2001:db8::/32"
];

const list strangers = [
${networks}
];

const list roles = ["postmaster", "abuse", "hostmaster"];

session number tries = 0;
transaction boolean role = false;

boolean friendly() {
    return ip_in(client.ip, friends);
}

boolean plausible(string name) {
    if (name == "") { return false; }
    if (is_ip(name)) { return false; }
    if (starts_with(name, "-") || ends_with(name, ".")) { return false; }
    return is_fqdn(name);
}

string shortened(string text) {
    if (len(text) > 40) { return substr(text, 0, 40) + "..."; }
    return text;
}

hook init {
    control.max_rcpts = 100;
    control.max_size = 50M;
}

hook connect {
    if (friendly()) { return; }
    if (ip_in(client.ip, strangers)) {
        drop :code 554 :status "5.7.1" "We have never met";
    }
    if (client.ip matches "203.0.113.*") {
        defer "Please try again later";
    }
}

hook helo(string name) {
    if (!plausible(name) && !helo.is_literal) {
        tag "helo" $(shortened(name));
    }
    if (name is server.name) {
        reject "That is my name";
    }
}

hook mail {
    if (sender.is_null) { return; }
    if (sender.domain matches ["*.invalid", "localhost", "*.local", "*.test"]) {
        reject :status "5.1.8" "Sender domain does not exist";
    }
    if (sender.size > control.max_size) {
        reject :code 552 :status "5.3.4" "Too large";
    }
${senders}
}

hook rcpt {
    tries += 1;
    role = rcpt.localpart in roles;
    if (role) { return; }
    if (tries > 20 && transaction.rcpt_refused > 10) {
        drop "Enough";
    }
${recipients}
    if (rcpt.detail != "" && !(rcpt.detail matches "list-*")) {
        tag "detail" "\${rcpt.detail}";
    }
}

hook denied {
    if (deny.layer == "qmail" && session.bad_rcpts >= 10) {
        drop "Too many unknown recipients";
    }
}
`;
