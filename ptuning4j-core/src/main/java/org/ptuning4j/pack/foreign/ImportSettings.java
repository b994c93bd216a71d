package org.ptuning4j.pack.foreign;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user says of another program's prompt that its files do not.
 *
 * @param task fields of the task's definition, all of them or some: those that are missing are
 *     taken from the files, the model's configuration and what is usual
 * @param sourceTask of a prompt that was trained on several tasks, the one that is imported, from 0
 * @param headTensors a file with tensors of the head that the files lack, such as a pooler
 * @param maxLength the longest input in tokens; empty for the task's usual one
 */
public record ImportSettings(
    Map<String, Object> task,
    OptionalInt sourceTask,
    Optional<Path> headTensors,
    OptionalInt maxLength) {

  /** Copies the map. */
  public ImportSettings {
    task = new LinkedHashMap<>(task);
  }

  /** Nothing is said. */
  public static ImportSettings none() {
    return of(Map.of());
  }

  /** Only something about the task is said. */
  public static ImportSettings of(Map<String, Object> task) {
    return new ImportSettings(task, OptionalInt.empty(), Optional.empty(), OptionalInt.empty());
  }
}
