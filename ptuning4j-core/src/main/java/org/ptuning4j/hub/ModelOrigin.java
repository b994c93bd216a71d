package org.ptuning4j.hub;

import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.hub.huggingface.HubName;
import org.ptuning4j.hub.store.Origin;

/** Where the model in a folder comes from, as packs and results name it. */
public final class ModelOrigin {

  private ModelOrigin() {}

  /**
   * The name by which the same model is found again: {@code owner/name@commit} for a model of the
   * hub, the spelling and a checksum for one made from another format.
   *
   * @param folder a model's folder
   * @return empty if the folder does not say
   */
  public static Optional<String> of(Path folder) {
    Path whole = folder.toAbsolutePath().normalize();
    return HubName.ofSnapshot(whole)
        .map(HubName::toString)
        .or(() -> Origin.in(whole).map(Origin::toString));
  }
}
