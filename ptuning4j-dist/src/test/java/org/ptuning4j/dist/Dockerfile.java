package org.ptuning4j.dist;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a Dockerfile says, stage by stage.
 *
 * @param stages the instructions of each, without comments and line ends
 */
record Dockerfile(List<List<String>> stages) {

  private static final Pattern VARIABLE = Pattern.compile("([A-Z_]+)=(\"[^\"]*\"|\\S+)");
  private static final ObjectMapper JSON = new ObjectMapper();

  static Dockerfile read(Path file) throws IOException {
    String text = Files.readString(file).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", " ");
    List<List<String>> stages = new ArrayList<>();
    for (String line : text.lines().filter(each -> !each.isBlank()).toList()) {
      if (line.startsWith("FROM ")) {
        stages.add(new ArrayList<>());
      }
      stages.get(stages.size() - 1).add(line);
    }
    return new Dockerfile(stages);
  }

  /** What follows an instruction of a stage, each time that it is there. */
  List<String> all(int stage, String instruction) {
    return stages.get(stage).stream()
        .filter(line -> line.startsWith(instruction + " "))
        .map(line -> line.substring(instruction.length() + 1).strip())
        .toList();
  }

  /** What follows an instruction that is there once. */
  String one(int stage, String instruction) {
    List<String> all = all(stage, instruction);
    if (all.size() != 1) {
      throw new AssertionError(instruction + ": " + all);
    }
    return all.get(0);
  }

  /** The environment of a stage. */
  Map<String, String> environment(int stage) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String line : all(stage, "ENV")) {
      Matcher variable = VARIABLE.matcher(line);
      while (variable.find()) {
        environment.put(variable.group(1), variable.group(2).replace("\"", ""));
      }
    }
    return environment;
  }

  /** The words of an instruction that is written as a list. */
  static List<String> words(String instruction) {
    try {
      return JSON.readValue(
          instruction.substring(instruction.indexOf('[')), new TypeReference<List<String>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One list of words behind another. */
  static List<String> joined(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }
}
