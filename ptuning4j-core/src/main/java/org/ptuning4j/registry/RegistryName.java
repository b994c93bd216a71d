package org.ptuning4j.registry;

import java.util.regex.Pattern;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;

/**
 * The names that packs and aliases may have. They become names of files, on any system: lower-case
 * letters, digits, hyphens and underscores only, none that Windows reserves.
 */
final class RegistryName {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final Pattern RESERVED = Pattern.compile("con|prn|aux|nul|(com|lpt)[0-9]");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final String LATEST = "latest";

  private RegistryName() {}

  /** Makes sure that a text may name a pack. */
  static String ofPack(String name) {
    return require("name", name);
  }

  /** Makes sure that a text may be an alias: it is told from a version's number. */
  static String ofAlias(String alias) {
    require("alias", alias);
    if (NUMBER.matcher(alias).matches() || alias.equals(LATEST)) {
      throw InvalidInputException.of(
          "alias: '%s' stands for a version already; choose a word, such as prod", alias);
    }
    return alias;
  }

  /** Whether a text may name a pack. */
  static boolean isOne(String name) {
    return NAME.matcher(name).matches() && !RESERVED.matcher(name).matches();
  }

  private static String require(String what, String name) {
    if (!isOne(name)) {
      throw InvalidInputException.of(
          "%s: %s is none; lower-case letters, digits, - and _ are allowed, at most 64, the first a"
              + " letter or digit, and no name that Windows reserves",
          what, Excerpt.ofJson(name));
    }
    return name;
  }
}
