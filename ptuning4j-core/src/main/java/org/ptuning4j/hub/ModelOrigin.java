package org.ptuning4j.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.hub.huggingface.HubName;

/** Where the model in a folder comes from, as packs and results name it. */
public final class ModelOrigin {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Beside the files of a model that was made from another format. */
  static final String FILE = "origin.json";

  private static final long LARGEST = 1 << 16;

  private ModelOrigin() {}

  /**
   * The name by which the same model is found again: {@code owner/name@commit} for a model of the
   * hub, the spelling and a checksum for one made from another format.
   *
   * @param folder a model's folder
   * @return empty for a folder that says nothing of its origin
   */
  public static Optional<String> of(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    return HubName.ofSnapshot(whole).map(HubName::toString).or(() -> read(whole.resolve(FILE)));
  }

  private static Optional<String> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      JsonNode name = JSON.readTree(Files.readAllBytes(file)).path("name");
      return Optional.of(name).filter(JsonNode::isTextual).map(JsonNode::textValue);
    } catch (IOException e) {
      return Optional.empty(); // The folder's own name will do.
    }
  }
}
