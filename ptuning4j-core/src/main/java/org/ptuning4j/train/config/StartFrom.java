package org.ptuning4j.train.config;

import java.nio.file.Path;

/**
 * Which earlier prompt a run starts from.
 *
 * @param folder a pack; or a folder that holds packs, however deep
 * @param best whether the best of the packs in the folder is to be found, among them and a fresh
 *     start
 */
public record StartFrom(Path folder, boolean best) {

  private static final String BEST = "auto:";

  /** The prompt of one pack. */
  public static StartFrom pack(Path folder) {
    return new StartFrom(folder, false);
  }

  /** The best among the packs in a folder. */
  public static StartFrom bestIn(Path folder) {
    return new StartFrom(folder, true);
  }

  /**
   * Reads what {@link #toString} writes: a pack's folder, or {@code auto:} and a folder of packs.
   */
  public static StartFrom parse(String text) {
    return text.startsWith(BEST)
        ? bestIn(Path.of(text.substring(BEST.length())))
        : pack(Path.of(text));
  }

  @Override
  public String toString() {
    return best ? BEST + folder : folder.toString();
  }
}
