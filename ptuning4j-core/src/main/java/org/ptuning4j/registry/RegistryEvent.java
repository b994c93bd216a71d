package org.ptuning4j.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;

/**
 * Something that was done, a line of the audit log.
 *
 * @param sequence its number, from 1, without gaps
 * @param at when, in UTC
 * @param by who, as the system calls the user
 * @param action what
 * @param name the pack's name
 * @param version the version that it was done to
 * @param alias the alias that was moved, if any
 * @param digest of a published version, the SHA-256 of its {@code version.json}
 * @param key of a signed version, the key's id
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RegistryEvent(
    long sequence,
    String at,
    String by,
    Action action,
    String name,
    int version,
    String alias,
    String digest,
    String key) {

  /** What can be done. */
  public enum Action {
    PUBLISH,
    PROMOTE,
    ROLLBACK,
    RETIRE,
    PURGE;

    /** As it is shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
