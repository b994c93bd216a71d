package org.ptuning4j.hub.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a folder was made of.
 *
 * @param name how to call it, as in {@code maven:GROUP:ARTIFACT:VERSION}
 * @param sha256 of the file; for an ONNX file, of it, its external files and its tokenizer
 */
public record Origin(String name, String sha256) {

  /** Beside the other files. */
  static final String FILE = "origin.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LARGEST = 1 << 16;
  private static final int SHOWN = 12;

  /** What the folder says of its origin. */
  public static Optional<Origin> in(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      JsonNode json = JSON.readTree(Files.readAllBytes(file));
      boolean whole =
          json != null && json.path("name").isTextual() && json.path("sha256").isTextual();
      return whole
          ? Optional.of(new Origin(json.path("name").asText(), json.path("sha256").asText()))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The beginning of the checksum, which tells one file from another. */
  public String version() {
    return sha256.substring(0, Math.min(SHOWN, sha256.length()));
  }

  /** For example {@code maven:g:a:1.0 (sha256 0123456789ab)}. */
  @Override
  public String toString() {
    return name + " (sha256 " + version() + ")";
  }
}
