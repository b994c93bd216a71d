package org.ptuning4j.cli.options;

import java.nio.file.Path;
import java.util.List;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.arguments.CommaList;

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
    List<String> files = sign < 1 ? List.of() : files(option, given.substring(sign + 1));
    if (files.size() != 2) {
      throw InvalidInputException.of(
          "%s: '%s' is not of the form TASK=TRAIN,DEV, such as conll04=train.json,dev.json"
              + " (put a name with a comma into quotation marks)",
          option, given);
    }
    return new NamedFiles(given.substring(0, sign), Path.of(files.get(0)), Path.of(files.get(1)));
  }

  private static List<String> files(String option, String list) {
    try {
      return CommaList.split(list);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(option + ": " + e.getMessage(), e);
    }
  }
}
