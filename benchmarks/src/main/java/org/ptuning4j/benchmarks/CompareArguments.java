package org.ptuning4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.ptuning4j.InvalidInputException;

/** The arguments of {@link Compare}, checked before anything is measured. */
final class CompareArguments {

  private static final List<String> NAMES =
      List.of(
          "--peer",
          "--rounds",
          "--work",
          "--only",
          "--precisions",
          "--families",
          "--layers",
          "--model",
          "--train",
          "--dev",
          "--rows",
          "--dropout",
          "--ptune");

  private final Map<String, String> options;

  private CompareArguments(Map<String, String> options) {
    this.options = options;
  }

  /**
   * Values by option.
   *
   * @throws InvalidInputException naming the option that is unknown or whose value cannot be used
   */
  static Map<String, String> parse(String... args) {
    CompareArguments arguments = new CompareArguments(byName(args));
    arguments.requirePath("--peer", Files::isDirectory, "folder");
    arguments.requirePath("--model", Files::isDirectory, "folder");
    arguments.requirePath("--train", Files::isRegularFile, "file");
    arguments.requirePath("--dev", Files::isRegularFile, "file");
    arguments.requireSome("--only", List.of("step", "epoch", "predict"));
    arguments.requireSome("--precisions", List.of("bf16", "fp32"));
    arguments.requireSome(
        "--families", Arrays.stream(SyntheticFamily.values()).map(SyntheticFamily::label).toList());
    arguments.requireNumber("--rounds");
    arguments.requireNumber("--rows");
    arguments.requireNumber("--layers");
    arguments.requireShare("--dropout");
    arguments.requireBeside("--train", List.of("--model", "--dev"));
    arguments.requireWhatIsMeasured("epoch", "--train");
    arguments.requireWhatIsMeasured("predict", "--ptune");
    return arguments.options;
  }

  private static Map<String, String> byName(String... args) {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!NAMES.contains(args[i])) {
        throw InvalidInputException.of(
            "unknown option %s; known are %s", args[i], String.join(", ", NAMES));
      }
      if (i + 1 == args.length) {
        throw InvalidInputException.of("%s needs a value", args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  private void requirePath(String name, Predicate<Path> isOne, String what) {
    String value = options.get(name);
    if (value != null && !isOne.test(Path.of(value))) {
      throw InvalidInputException.of("%s: there is no %s %s", name, what, value);
    }
  }

  /** One of the known values, or several with commas between them. */
  private void requireSome(String name, List<String> known) {
    for (String each : options.getOrDefault(name, known.get(0)).split(",", -1)) {
      if (!known.contains(each)) {
        throw InvalidInputException.of(
            "%s: '%s' is not one of %s", name, each, String.join(", ", known));
      }
    }
  }

  private void requireNumber(String name) {
    if (!options.getOrDefault(name, "1").matches("[1-9]\\d{0,8}")) {
      throw InvalidInputException.of(
          "%s: '%s' must be a whole number from 1 on", name, options.get(name));
    }
  }

  private void requireShare(String name) {
    if (!options.getOrDefault(name, "0").matches("0(\\.\\d{1,6})?")) {
      throw InvalidInputException.of(
          "%s: '%s' must be from 0 to below 1, such as 0.1", name, options.get(name));
    }
  }

  private void requireBeside(String name, List<String> others) {
    if (options.containsKey(name) && !options.keySet().containsAll(others)) {
      throw InvalidInputException.of("%s needs %s as well", name, String.join(" and ", others));
    }
  }

  /** What was asked for by name is measured, or the reason is said before anything runs. */
  private void requireWhatIsMeasured(String what, String needed) {
    List<String> only = List.of(options.getOrDefault("--only", "").split(",", -1));
    if (only.contains(what) && !options.containsKey(needed)) {
      throw InvalidInputException.of("--only %s needs %s as well", what, needed);
    }
  }
}
