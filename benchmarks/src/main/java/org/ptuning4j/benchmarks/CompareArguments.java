package org.ptuning4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.ptuning4j.InvalidInputException;

/** The arguments of {@link Compare}, checked before anything is measured. */
final class CompareArguments {

  private static final String NAMES =
      "--peer, --rounds, --work, --only, --precisions, --model, --train, --dev, --rows, --ptune";

  private CompareArguments() {}

  /**
   * Values by option.
   *
   * @throws InvalidInputException naming the option that is unknown or whose value cannot be used
   */
  static Map<String, String> parse(String... args) {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!List.of(NAMES.split(", ", -1)).contains(args[i])) {
        throw InvalidInputException.of("%s is no option; there are %s", args[i], NAMES);
      }
      if (i + 1 == args.length) {
        throw InvalidInputException.of("%s has no value", args[i]);
      }
      options.put(args[i], args[i + 1]);
    }
    requirePath(options, "--peer", Files::isDirectory, "folder");
    requirePath(options, "--model", Files::isDirectory, "folder");
    requirePath(options, "--train", Files::isRegularFile, "file");
    requirePath(options, "--dev", Files::isRegularFile, "file");
    requireOneOf(options, "--only", List.of("step", "epoch", "predict"));
    requireOneOf(options, "--precisions", List.of("bf16", "fp32"));
    requireNumber(options, "--rounds");
    requireNumber(options, "--rows");
    if (options.containsKey("--train")
        && !(options.containsKey("--model") && options.containsKey("--dev"))) {
      throw InvalidInputException.of("--train needs --model and --dev beside it");
    }
    return options;
  }

  private static void requirePath(
      Map<String, String> options, String name, Predicate<Path> isOne, String what) {
    String value = options.get(name);
    if (value != null && !isOne.test(Path.of(value))) {
      throw InvalidInputException.of("%s: there is no %s %s", name, what, value);
    }
  }

  private static void requireOneOf(Map<String, String> options, String name, List<String> known) {
    for (String each : options.getOrDefault(name, known.get(0)).split(",", -1)) {
      if (!known.contains(each)) {
        throw InvalidInputException.of(
            "%s: '%s' is none of %s", name, each, String.join(", ", known));
      }
    }
  }

  private static void requireNumber(Map<String, String> options, String name) {
    if (!options.getOrDefault(name, "1").matches("[1-9]\\d{0,8}")) {
      throw InvalidInputException.of("%s: '%s' is no number from 1 on", name, options.get(name));
    }
  }
}
