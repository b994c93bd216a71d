package org.ptuning4j.pack.peft;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.FailureReason;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.foreign.OutputKind;

/**
 * What {@code adapter_config.json} says. Versions of PEFT differ in the fields that they write;
 * only those are read that the tensors do not tell.
 *
 * @param type PEFT's method
 * @param outputs what the model answers with; empty where {@code task_type} is missing
 * @param length P, if the file says it
 * @param values all fields as they are
 */
record PeftConfig(
    PeftType type, Optional<OutputKind> outputs, Optional<Integer> length, Map<String, ?> values) {

  static final String FILE = "adapter_config.json";

  private static final long LARGEST = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** The task types, each with what its models answer with. */
  private static final Map<String, OutputKind> TASK_TYPES =
      Map.of(
          "SEQ_CLS", OutputKind.SEQUENCE,
          "TOKEN_CLS", OutputKind.TOKENS,
          "QUESTION_ANS", OutputKind.SPAN,
          "CAUSAL_LM", OutputKind.TEXT,
          "SEQ_2_SEQ_LM", OutputKind.TEXT);

  /**
   * Reads the file in a folder.
   *
   * @throws InvalidInputException if it is missing, no JSON, or of an adapter that is no prompt
   */
  static PeftConfig read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return of(new Fields("", values(file)));
    } catch (InvalidInputException e) {
      throw e.in(file.toString());
    }
  }

  private static PeftConfig of(Fields fields) {
    PeftType type = PeftType.of(fields.string("peft_type"));
    Optional<OutputKind> outputs =
        fields.optionalText("task_type").map(PeftConfig::withoutEnum).map(PeftConfig::outputs);
    Optional<Integer> length =
        fields.has("num_virtual_tokens")
            ? Optional.of(fields.integer("num_virtual_tokens"))
            : Optional.empty();
    Map<String, Object> values = new TreeMap<>();
    fields.values().forEach((name, value) -> values.put(String.valueOf(name), value));
    return new PeftConfig(type, outputs, length, values);
  }

  /** Some versions write the name of a Python enum. */
  private static String withoutEnum(String taskType) {
    return taskType.startsWith("TaskType.") ? taskType.substring("TaskType.".length()) : taskType;
  }

  private static OutputKind outputs(String taskType) {
    OutputKind kind = TASK_TYPES.get(taskType);
    if (kind == null) {
      throw InvalidInputException.of(
          "task_type: '%s' answers nothing that a pack could; known are %s",
          taskType, String.join(", ", new TreeMap<>(TASK_TYPES).keySet()));
    }
    return kind;
  }

  /** The task type of what a pack answers with. */
  static String taskType(OutputKind outputs, boolean encoderDecoder) {
    return switch (outputs) {
      case SEQUENCE -> "SEQ_CLS";
      case TOKENS -> "TOKEN_CLS";
      case SPAN -> "QUESTION_ANS";
      case TEXT -> encoderDecoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM";
      case CHOICE ->
          throw new InvalidInputException(
              "PEFT has no task type for a choice of several candidates");
    };
  }

  static Map<String, Object> values(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw InvalidInputException.of("the file is missing; a folder of PEFT's has it");
      }
      if (Files.size(file) > LARGEST) {
        throw InvalidInputException.of("%d bytes is no configuration", Files.size(file));
      }
      Map<String, Object> values =
          JSON.readValue(Files.readAllBytes(file), new TypeReference<Map<String, Object>>() {});
      if (values == null) {
        throw new InvalidInputException("a JSON object is expected");
      }
      return values;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("not valid JSON (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new InvalidInputException("cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
