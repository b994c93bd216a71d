package org.ptuning4j.registry;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;

/**
 * Which version of a pack is meant: {@code NAME@3}, {@code NAME@prod}, or {@code NAME} for the
 * newest that is not retired.
 *
 * @param name the pack's
 * @param version its number, if it is named
 * @param alias what points to it, if that is named
 */
public record PackReference(String name, OptionalInt version, Optional<String> alias) {

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

  /** Checks the names. */
  public PackReference {
    RegistryName.ofPack(name);
    alias.ifPresent(RegistryName::ofAlias);
    if (version.isPresent() && (alias.isPresent() || version.getAsInt() < 1)) {
      throw InvalidInputException.of("version: %d of '%s' is none", version.getAsInt(), name);
    }
  }

  /** Reads the form. */
  public static PackReference parse(String text) {
    int sign = text.indexOf('@');
    String name = sign < 0 ? text : text.substring(0, sign);
    String selector = sign < 0 ? "latest" : text.substring(sign + 1);
    if (selector.isEmpty()) {
      throw InvalidInputException.of("pack: %s names no version behind @", Excerpt.ofJson(text));
    }
    if (selector.equals("latest")) {
      return new PackReference(name, OptionalInt.empty(), Optional.empty());
    }
    return NUMBER.matcher(selector).matches()
        ? of(name, Integer.parseInt(selector))
        : new PackReference(name, OptionalInt.empty(), Optional.of(selector));
  }

  /** A version by its number. */
  public static PackReference of(String name, int version) {
    return new PackReference(name, OptionalInt.of(version), Optional.empty());
  }

  @Override
  public String toString() {
    if (version.isPresent()) {
      return name + "@" + version.getAsInt();
    }
    return name + alias.map(each -> "@" + each).orElse("");
  }
}
