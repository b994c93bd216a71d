package org.ptuning4j.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ptuning4j.FailureReason;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/**
 * How a server is set up, beside its address and what it serves.
 *
 * @param limits what requests may take
 * @param hosts names that the server has; where there are some, requests for others are refused
 */
public record ServerSettings(Limits limits, Set<String> hosts) {

  private static final List<String> NAMES = List.of("limits", "hosts");

  /** A file of settings is a page, not a book. */
  private static final long MOST_BYTES = 1 << 20;

  /** Copies the names. */
  public ServerSettings {
    hosts = Set.copyOf(hosts);
  }

  /** The usual ones. */
  public static ServerSettings standard() {
    return new ServerSettings(Limits.standard(), Set.of());
  }

  /**
   * Reads a file of YAML.
   *
   * @throws InvalidInputException if it cannot be read, or a setting is not known or not usable
   */
  public static ServerSettings read(Path file) {
    try {
      return of(new Fields("", parsed(file)));
    } catch (InvalidInputException e) {
      throw e.in(file.toString());
    }
  }

  private static Map<?, ?> parsed(Path file) {
    ObjectMapper yaml =
        YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).build();
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw InvalidInputException.of("the file has more than %d bytes", MOST_BYTES);
      }
      Object content = yaml.readValue(file.toFile(), Object.class);
      return content == null ? Map.of() : Fields.of("the file", content).values();
    } catch (JsonProcessingException e) {
      throw new InvalidInputException("not valid YAML: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidInputException("it cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  static ServerSettings of(Fields fields) {
    fields.requireOnly(NAMES);
    return new ServerSettings(
        fields.has("limits") ? Limits.read(fields.object("limits")) : Limits.standard(),
        Set.copyOf(fields.textsOrNone("hosts")));
  }
}
