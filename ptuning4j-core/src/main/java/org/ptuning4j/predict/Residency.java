package org.ptuning4j.predict;

import java.util.List;

/**
 * Which tasks are in memory, at one moment.
 *
 * @param bytes of all prompts and heads together, and of backbones that packs bring; of removed
 *     tasks that are still in use, too
 * @param limit what {@code bytes} may be; {@link Long#MAX_VALUE} without a limit
 * @param hits how often a task was asked for that was in memory
 * @param loads how often a pack was loaded
 * @param evictions how often a task was dropped to keep the limit
 * @param tasks those in memory, the one first that was unused for the longest time
 */
public record Residency(
    long bytes, long limit, long hits, long loads, long evictions, List<Resident> tasks) {

  /** Copies the list. */
  public Residency {
    tasks = List.copyOf(tasks);
  }

  /**
   * A task in memory.
   *
   * @param name its name in the predictor
   * @param bytes of its prompt and head in native memory, and of its backbone if it has one of its
   *     own
   * @param users how many requests use it just now
   */
  public record Resident(String name, long bytes, int users) {}
}
