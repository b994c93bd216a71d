package org.ptuning4j.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.ptuning4j.InvalidInputException;

/** How a registry's files are written and read: unknown and repeated fields are errors. */
final class RegistryJson {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private RegistryJson() {}

  static byte[] page(Object value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records can always be written
    }
  }

  static byte[] line(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads a file's content.
   *
   * @param file where it is, for messages
   */
  static <T> T read(byte[] content, Class<T> type, Object file) {
    try {
      T value = JSON.readValue(content, type);
      if (value == null) {
        throw InvalidInputException.of("%s: a JSON object is expected", file);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(file + ": damaged (" + e.getOriginalMessage() + ")", e);
    } catch (IOException e) {
      throw new IllegalStateException(e); // bytes in memory can always be read
    }
  }
}
