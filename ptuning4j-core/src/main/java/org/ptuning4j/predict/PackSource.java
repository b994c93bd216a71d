package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where packs are found that nobody added, such as a registry. It is asked whenever a task is asked
 * for that is not in memory, by several threads at once; what it says is not remembered.
 */
@FunctionalInterface
public interface PackSource {

  /** Has no packs. */
  PackSource NONE = name -> Optional.empty();

  /**
   * The folder of a pack. It must stay as it is until the pack is loaded.
   *
   * @param name of any form, as a request has it
   * @return empty if there is no pack of this name
   * @throws RuntimeException if that cannot be told at present; the request then fails as {@link
   *     Problem#UNAVAILABLE}
   */
  Optional<Path> folder(String name);

  /** The names of all packs that it has; asked for {@link Predictor#tasks}. */
  default List<String> names() {
    return List.of();
  }
}
