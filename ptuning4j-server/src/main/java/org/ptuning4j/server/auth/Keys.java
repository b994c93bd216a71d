package org.ptuning4j.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/** The keys that a server knows. */
public final class Keys {

  private final List<Key> all;

  private Keys(List<Key> all) {
    this.all = List.copyOf(all);
  }

  /**
   * The keys of a file.
   *
   * @param fields with a list {@code keys}
   * @throws InvalidInputException if one is not usable, or two have the same name or hash
   */
  public static Keys read(Fields fields) {
    fields.requireOnly(List.of("keys"));
    List<Key> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Fields each : fields.objects("keys")) {
      Key key = Key.read(each);
      if (!seen.add(key.caller().name()) || !seen.add(key.sha256())) {
        throw InvalidInputException.of(
            "'%s': a key of this name or with this hash is there already", each.path());
      }
      keys.add(key);
    }
    if (keys.isEmpty()) {
      throw new InvalidInputException("keys: the list is empty; nobody could ask anything");
    }
    return new Keys(keys);
  }

  /** Whether there is a key for administration. */
  public boolean canAdminister() {
    return all.stream().anyMatch(key -> key.caller().administers());
  }

  /**
   * Whose key it is; empty where it is unknown or has expired. All keys are compared in any case.
   */
  public Optional<Caller> caller(String given, Instant now) {
    byte[] hash = sha256(given);
    Optional<Caller> found = Optional.empty();
    for (Key key : all) {
      boolean right = key.matches(hash) && key.isValidAt(now);
      found = right ? Optional.of(key.caller()) : found;
    }
    return found;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
