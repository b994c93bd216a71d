package org.ptuning4j.cli.options;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskName;
import org.ptuning4j.task.standard.TaskKinds;

/** A task of the user's own, described in a YAML file (see {@code ptune init-task}). */
public final class TaskFile {

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
      Map<String, Object> definition =
          YAML.readValue(
              Files.readAllBytes(file), new TypeReference<LinkedHashMap<String, Object>>() {});
      if (definition == null || definition.isEmpty()) {
        throw InvalidInputException.of("%s is empty", file);
      }
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
      String where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
      throw new InvalidInputException(
          file + where + ": not valid YAML (" + firstLine(e.getOriginalMessage()) + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read (" + FailureReason.of(e) + ")", e);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(file + ": " + e.getMessage(), e);
    }
  }

  private static String stem(Path file) {
    return TaskName.near(String.valueOf(file.getFileName()).replaceAll("\\.ya?ml$", ""));
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
