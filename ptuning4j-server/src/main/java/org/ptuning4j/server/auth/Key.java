package org.ptuning4j.server.auth;

import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/**
 * A key that a server knows. It knows its hash alone: who reads the server's files cannot ask with
 * what they hold.
 *
 * @param caller whose key it is and what may be asked with it
 * @param sha256 of the key
 * @param expires when it ends; empty for never
 */
record Key(Caller caller, String sha256, Optional<Instant> expires) {

  private static final List<String> NAMES = List.of("name", "sha256", "tasks", "admin", "expires");

  /** Checks the hash. */
  Key {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw InvalidInputException.of(
          "sha256 of key '%s': 64 hexadecimal digits are expected (printf %%s \"$KEY\" |"
              + " sha256sum)",
          caller.name());
    }
  }

  /** A key of a file. */
  static Key read(Fields fields) {
    fields.requireOnly(NAMES);
    String name = fields.string("name");
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw fields.wrong("name", "1 to 64 letters, digits, dots, hyphens and underscores");
    }
    Set<String> tasks = new HashSet<>(fields.textsOrNone("tasks"));
    boolean administers = fields.flag("admin", false);
    if (tasks.isEmpty() && !administers) {
      throw InvalidInputException.of(
          "'%s': key '%s' may ask no task and does not administer; [\"*\"] stands for every task",
          fields.path("tasks"), name);
    }
    return new Key(
        new Caller(name, tasks, administers),
        fields.string("sha256").strip().toLowerCase(Locale.ROOT),
        fields.optionalText("expires").map(text -> instant(fields, text)));
  }

  private static Instant instant(Fields fields, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw fields.wrong("expires", "a time such as 2027-01-31T00:00:00Z");
    }
  }

  /** Whether a hash is this key's; takes the same time whatever differs. */
  boolean matches(byte[] hash) {
    return MessageDigest.isEqual(HexFormat.of().parseHex(sha256), hash);
  }

  boolean isValidAt(Instant now) {
    return expires.isEmpty() || now.isBefore(expires.get());
  }
}
