package org.ptuning4j.cli.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.standard.TaskKinds;

/** A task of the user's own, described in a YAML file (see {@code ptune init-task}). */
public final class TaskFile {

  /** What SnakeYAML says of the place where it failed, last of what it says. */
  private static final Pattern FOUND =
      Pattern.compile("(?s).*?([^\\n]+)\\n in '[^']*', line (\\d+), column \\d+:(?!.*\\n in ')");

  /** In which {@code yes} and {@code no} are the words that they are as labels. */
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .build();

  private TaskFile() {}

  /** Whether a task is asked for by a file rather than by name. */
  public static boolean isFile(String task) {
    return task.endsWith(".yaml") || task.endsWith(".yml");
  }

  /**
   * Reads the task.
   *
   * @throws InvalidInputException naming the file, and the line or the field that is wrong
   */
  public static Task<?> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw InvalidInputException.of(
          "task: %s does not exist or is no file; `ptune init-task %s` writes one to start from",
          file, file);
    }
    try {
      JsonNode written = YAML.readTree(Files.readAllBytes(file));
      boolean nothing = written == null || written.isMissingNode() || written.isNull();
      if (nothing || (written.isContainerNode() && written.isEmpty())) {
        throw new InvalidInputException("it is empty");
      }
      if (!written.isObject()) {
        throw InvalidInputException.of(
            "it holds a %s, must have fields such as `text: review`",
            written.isArray() ? "list" : "value");
      }
      Map<String, Object> definition =
          YAML.convertValue(written, new TypeReference<LinkedHashMap<String, Object>>() {});
      definition.putIfAbsent("kind", "sequence-classification");
      definition.putIfAbsent("name", stem(file));
      if (definition.get("base") instanceof Map<?, ?> base && !base.containsKey("name")) {
        Map<String, Object> named = new LinkedHashMap<>();
        base.forEach((key, value) -> named.put(String.valueOf(key), value));
        named.put("name", definition.get("name"));
        definition.put("base", named);
      }
      return TaskKinds.installed().read(definition);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(file + " " + fault(e), e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static String stem(Path file) {
    return TaskName.near(String.valueOf(file.getFileName()).replaceAll("\\.ya?ml$", ""));
  }

  /** What is wrong, and where; of a message over several lines what it says of the place. */
  private static String fault(JsonProcessingException e) {
    Matcher found = FOUND.matcher(e.getOriginalMessage());
    if (found.lookingAt()) {
      return "line " + found.group(2) + ": not valid YAML (" + found.group(1).strip() + ")";
    }
    String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
    String first = e.getOriginalMessage().lines().findFirst().orElse("");
    return where + "not valid YAML (" + first + ")";
  }
}
