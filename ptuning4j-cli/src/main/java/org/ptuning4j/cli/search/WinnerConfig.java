package org.ptuning4j.cli.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.search.RunRequest;
import org.ptuning4j.tensor.file.AtomicFile;
import org.ptuning4j.train.TrainingData;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A file for {@code ptune train --config} that repeats a run of a search: what was given, and what
 * the search found. Files are named in full, so that it works from any folder.
 */
final class WinnerConfig {

  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  /** Options that say what is trained on, besides the settings of a run. */
  private static final List<String> DATA =
      List.of(
          "model",
          "task",
          "text",
          "pair",
          "label",
          "labels",
          "template",
          "words",
          "calibrate",
          "decoding",
          "format",
          "encoding",
          "delimiter",
          "skip-bad-rows");

  private static final List<String> MAY_BE_FILES = List.of("model", "task");

  private WinnerConfig() {}

  /**
   * The options of a run.
   *
   * @param given the options of the search's command
   * @param settings the names of all settings of runs
   * @param data the files that trials saw
   * @param run the run
   */
  static Map<String, Object> options(
      List<OptionSpec> given,
      Collection<String> settings,
      TrainingData data,
      boolean holdsOut,
      RunRequest run) {
    Map<String, Object> options = new LinkedHashMap<>();
    for (OptionSpec option : given) {
      String name = option.longestName().substring(2);
      if (DATA.contains(name) || settings.contains(name)) {
        options.put(name, value(name, option));
      }
    }
    options.put("train", full(data.train().path()));
    if (!holdsOut) {
      options.put("dev", full(data.dev().path()));
    }
    options.putAll(run.asSettings());
    return options;
  }

  private static Object value(String name, OptionSpec option) {
    if (option.getValue() instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    if (option.arity().max() == 0) {
      return true;
    }
    String text = option.stringValues().get(0);
    return MAY_BE_FILES.contains(name) && Files.exists(Path.of(text)) ? full(Path.of(text)) : text;
  }

  private static String full(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  /** Writes the options, with a line that says what they are. */
  static void write(Path file, String comment, Map<String, Object> options) {
    try {
      byte[] bytes =
          ("# " + comment + "\n" + YAML.writeValueAsString(options))
              .getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(bytes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options are texts and lists of texts", e);
    }
  }
}
