package org.ptuning4j.server.yaml;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ptuning4j.FailureReason;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/** Settings in YAML: plain values, lists and objects; no name twice. */
public final class YamlText {

  /** A file of settings is a page, not a book. */
  private static final long MOST_BYTES = 1 << 20;

  private YamlText() {}

  /**
   * The fields of a file.
   *
   * @throws InvalidInputException if it cannot be read or is no object
   */
  public static Fields of(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw InvalidInputException.of("it has more than the %d bytes that are read", MOST_BYTES);
      }
      return of(Files.readString(file));
    } catch (IOException e) {
      throw new InvalidInputException("it cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /** The fields of a text; none where it is empty. */
  public static Fields of(String text) {
    YAMLMapper yaml =
        YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
    try {
      Object content = text.isBlank() ? null : yaml.readValue(text, Object.class);
      return content == null
          ? new Fields("", Map.of())
          : new Fields("", Fields.of("the content", content).values());
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("not valid YAML: " + e.getOriginalMessage(), e);
    }
  }
}
