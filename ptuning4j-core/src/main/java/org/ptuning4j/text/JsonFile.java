package org.ptuning4j.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.LfsPointer;

/** Reads the JSON files of a tokenizer's folder, with errors that name the file. */
final class JsonFile {

  /** The largest files in use hold some 30 MB. */
  private static final long LARGEST = 512L << 20;

  /** Numbers keep their digits, so that scores reach the native library as they were written. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private JsonFile() {}

  /**
   * Reads a JSON object.
   *
   * @throws InvalidInputException when the file cannot be read or holds no JSON object
   */
  static ObjectNode read(Path file) {
    try {
      JsonNode node = MAPPER.readTree(bytes(file));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw InvalidInputException.of(
          "%s: holds %s, but a JSON object is needed",
          file, node == null ? "nothing" : "a JSON " + node.getNodeType());
    } catch (IOException e) {
      throw new InvalidInputException("%s: %s".formatted(file, FailureReason.of(e)), e);
    }
  }

  /** Reads a JSON object, or gives an empty one where the file is missing. */
  static ObjectNode readIfPresent(Path file) {
    return Files.isRegularFile(file) ? read(file) : object();
  }

  /** The bytes of a file that is not unreasonably large. */
  static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        throw InvalidInputException.of(
            "%s: %d bytes; a tokenizer's file has at most %d", file, size, LARGEST);
      }
      byte[] content = Files.readAllBytes(file);
      LfsPointer.refuse(file, content);
      return content;
    } catch (IOException e) {
      throw new InvalidInputException(
          "%s: cannot be read: %s".formatted(file, FailureReason.of(e)), e);
    }
  }

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Parses JSON that the library itself wrote. */
  static ObjectNode parse(String json) {
    try {
      return (ObjectNode) MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /**
   * The UTF-8 bytes of a JSON object.
   *
   * @throws InvalidInputException when a string in it holds half of a surrogate pair
   */
  static byte[] write(ObjectNode json, Path source) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "%s: holds text that is no valid Unicode: %s".formatted(source, e.getOriginalMessage()),
          e);
    }
  }
}
