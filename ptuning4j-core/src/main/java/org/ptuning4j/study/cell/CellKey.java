package org.ptuning4j.study.cell;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.InvalidInputException;

/**
 * What makes a run the same run: with equal keys a finished cell is never run again, so everything
 * that may change its result belongs in here.
 *
 * @param method the name of the method
 * @param task the key of the task
 * @param seed the seed
 * @param settings <em>all</em> settings, not only those that the study varies, and the fingerprints
 *     of model and data; sorted
 */
public record CellKey(String method, String task, long seed, Map<String, String> settings) {

  private static final int LONGEST_PART = 40;

  /** 64 bits. */
  private static final int HASH_DIGITS = 16;

  /** Checks the fields and copies the settings. */
  public CellKey {
    if (method == null || method.isBlank() || task == null || task.isBlank()) {
      throw InvalidInputException.of("key: method '%s' and task '%s' are needed", method, task);
    }
    if (settings == null || settings.values().stream().anyMatch(Objects::isNull)) {
      throw InvalidInputException.of("key: settings must have no empty values");
    }
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /**
   * The same for equal keys in every version, process and system, and different for different ones:
   * {@code <method>.<task>.seed<seed>.<16 hexadecimal digits>}. Fits into a file's name.
   */
  public String name() {
    return plain(method) + "." + plain(task) + ".seed" + seed + "." + hash();
  }

  /** The first 64 bits of the SHA-256 of all fields, each with its length before it. */
  private String hash() {
    StringBuilder fields = new StringBuilder();
    append(fields, "ptuning4j cell 1");
    append(fields, method);
    append(fields, task);
    append(fields, Long.toString(seed));
    settings.forEach(
        (name, value) -> {
          append(fields, name);
          append(fields, value);
        });
    return DigestUtils.sha256Hex(fields.toString()).substring(0, HASH_DIGITS);
  }

  /** With lengths, {@code a=bc} and {@code ab=c} stay apart. */
  private static void append(StringBuilder fields, String field) {
    fields.append(field.length()).append(':').append(field).append('\n');
  }

  private static String plain(String part) {
    String plain = part.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
    return plain.length() <= LONGEST_PART ? plain : plain.substring(0, LONGEST_PART);
  }
}
