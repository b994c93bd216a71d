package org.ptuning4j.cli.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.train.config.TrainingSettings;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * What every method of a study gets: the options that were given for all, without those that a
 * method does not have, and what {@code --with "METHOD: --lr 5e-3"} says for one of them.
 */
public final class Budget {

  /** The name under which {@code p-tuning-v2} starts from a prompt of all tasks. */
  public static final String MPT_2 = "mpt-2";

  private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+");
  private static final String PRESET = "--" + DeclaredOptions.PRESET.name();
  private static final Set<String> SET_BY_STUDY = Set.of("--method", "--seed");

  /** Given options as arguments, by name. */
  private final Map<String, String> common = new LinkedHashMap<>();

  private final Map<String, List<String>> own = new LinkedHashMap<>();

  /** The options alone, for parsing. */
  @CommandLine.Command(name = "")
  private static final class Options {
    @Mixin RunOptions settings = new RunOptions();
  }

  /**
   * The budget of a command line.
   *
   * @param given the options that were given, those of runs among them
   * @param with what was said for single methods
   * @param methods the methods of the study
   * @throws InvalidInputException if {@code with} has another form, or names another method, or
   *     none of the methods has a use for what was given for all
   */
  public Budget(List<OptionSpec> given, List<String> with, List<String> methods) {
    CommandLine options = new CommandLine(new Options());
    for (OptionSpec option : given) {
      if (options.getCommandSpec().findOption(option.longestName()) != null) {
        common.put(option.longestName(), argument(option));
      }
    }
    requireUse(methods);
    for (String each : with) {
      int at = each.indexOf(':');
      String method = at < 0 ? each : each.substring(0, at).strip();
      if (at < 0 || !methods.contains(method)) {
        throw InvalidInputException.of(
            "with: '%s' must be \"METHOD: --option value …\" with a method of this study (%s)",
            each, String.join(", ", methods));
      }
      own.computeIfAbsent(method, name -> new ArrayList<>()).addAll(words(each.substring(at + 1)));
    }
  }

  private void requireUse(List<String> methods) {
    if (methods.isEmpty()) {
      return;
    }
    Set<String> useless = new LinkedHashSet<>(common.keySet());
    methods.forEach(
        method -> useless.retainAll(DeclaredOptions.installed().meaningless(trained(method))));
    if (!useless.isEmpty()) {
      throw InvalidInputException.of(
          "methods: no method of this study (%s) has a use for %s; leave it out",
          String.join(", ", methods), String.join(", ", useless));
    }
  }

  private static String trained(String method) {
    return method.equals(MPT_2) ? PTuningV2.NAME : method;
  }

  /** The words of a text as a shell reads them: {@code --init="text:a b"} is one. */
  private static List<String> words(String text) {
    if (!WORD.matcher(text).replaceAll("").isBlank()) {
      throw InvalidInputException.of("with: '%s' has a quotation mark that is not closed", text);
    }
    return WORD.matcher(text)
        .results()
        .map(word -> word.group().replaceAll("\"([^\"]*)\"|'([^']*)'", "$1$2"))
        .toList();
  }

  private static String argument(OptionSpec option) {
    return option.arity().max() == 0
        ? option.longestName()
        : option.longestName() + "=" + option.stringValues().get(0);
  }

  /**
   * The settings of a method; those of the budget that it does not have are left out.
   *
   * @param method the name in the study
   * @param seed the seed
   * @throws InvalidInputException if what was said for this method alone means nothing to it
   */
  public RunOptions of(String method, long seed) {
    String trained = trained(method);
    return parsed(method, trained, seed, fitting(trained), List.of());
  }

  /**
   * The settings of a method with more of them; those of the budget that it does not have are left
   * out.
   *
   * @param more further arguments, which win
   */
  public RunOptions fitting(String method, long seed, List<String> more) {
    return parsed(method, method, seed, fitting(method), more);
  }

  /** What a method has a use for. */
  private Map<String, String> fitting(String method) {
    Map<String, String> fitting = new LinkedHashMap<>(common);
    DeclaredOptions.installed().meaningless(method).forEach(fitting::remove);
    return fitting;
  }

  /**
   * The settings of the only method of a study, with all that was given.
   *
   * @param more further arguments, which win
   */
  public RunOptions of(String method, long seed, List<String> more) {
    return parsed(method, method, seed, common, more);
  }

  private RunOptions parsed(
      String method, String trained, long seed, Map<String, String> given, List<String> more) {
    List<String> said = new ArrayList<>(own.getOrDefault(method, List.of()));
    said.addAll(more);
    Map<String, String> arguments = new LinkedHashMap<>(given);
    for (String word : said) {
      String option = word.split("=", 2)[0];
      arguments.remove(option);
      if (option.equals("--tokens")) {
        arguments.remove("--batch");
      } else if (option.equals("--batch")) {
        arguments.remove("--tokens");
      } else if (SET_BY_STUDY.contains(option)) {
        throw InvalidInputException.of("with: %s: %s is set by the study itself", method, option);
      }
    }
    List<String> all = new ArrayList<>(arguments.values());
    all.addAll(said);
    Options options = new Options();
    CommandLine line = new CommandLine(options);
    try {
      line.parseArgs(all.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new InvalidInputException(
          "with: " + method + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          e);
    }
    options.settings.setMethod(trained);
    if (common.containsKey(PRESET)) {
      options.settings.setBesidePublished();
    }
    options.settings.set(TrainingSettings.SEED, Long.toString(seed));
    return options.settings;
  }

  /** What was given for all, for the record. */
  public Map<String, String> shown() {
    Map<String, String> shown = new LinkedHashMap<>();
    for (String option : new TreeSet<>(common.keySet())) {
      String argument = common.get(option);
      int at = argument.indexOf('=');
      shown.put(option.substring(2), at < 0 ? "true" : argument.substring(at + 1));
    }
    own.forEach((method, words) -> shown.put("with " + method, String.join(" ", words)));
    return shown;
  }
}
