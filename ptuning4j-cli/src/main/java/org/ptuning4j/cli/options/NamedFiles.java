package org.ptuning4j.cli.options;

import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;

/**
 * A task with its two files, as {@code TASK=TRAIN,DEV} says it.
 *
 * @param task a built-in task's name, or a YAML file
 * @param train what is trained on
 * @param dev what is evaluated on
 */
public record NamedFiles(String task, Path train, Path dev) {

  /**
   * Reads the form.
   *
   * @param option which option it was given to, for the message
   */
  public static NamedFiles parse(String option, String given) {
    int sign = given.indexOf('=');
    int comma = given.lastIndexOf(',');
    if (sign < 1 || comma < sign + 2 || comma == given.length() - 1) {
      throw InvalidInputException.of(
          "%s: '%s' is not of the form TASK=TRAIN,DEV, such as conll04=train.json,dev.json",
          option, given);
    }
    return new NamedFiles(
        given.substring(0, sign),
        Path.of(given.substring(sign + 1, comma)),
        Path.of(given.substring(comma + 1)));
  }
}
