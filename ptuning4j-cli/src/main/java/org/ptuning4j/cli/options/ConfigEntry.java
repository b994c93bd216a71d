package org.ptuning4j.cli.options;

import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;

/**
 * One value of a file of options.
 *
 * @param file the file
 * @param line where its key is
 * @param key the key as it is written, such as {@code epochs} or {@code method.length}
 * @param option the option that it is
 * @param value the value; empty where the file says nothing, as in {@code pair:}
 * @param inList whether it is an entry of a list
 */
record ConfigEntry(
    Path file, int line, String key, String option, Optional<String> value, boolean inList) {

  /** An error about it, which begins with its place. */
  InvalidInputException wrong(String problem) {
    return InvalidInputException.of("%s line %d: %s", file, line, problem);
  }
}
