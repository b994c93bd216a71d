package org.ptuning4j.tensor.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;

/**
 * The file that DeepSpeed saves a model's weights in, beside its own facts. There is one for each
 * part of a model that was cut into several for training; a cut model is not read.
 */
final class DeepSpeedCheckpoint {

  /** The file of the first part, or of the whole model. */
  static final String FIRST = "mp_rank_00_model_states.pt";

  private static final String SECOND = "mp_rank_01_model_states.pt";

  private DeepSpeedCheckpoint() {}

  /**
   * Makes sure that a file is not one of several parts.
   *
   * @throws InvalidInputException if it is
   */
  static void requireWhole(Path file) {
    if (file.endsWith(FIRST) && Files.exists(file.resolveSibling(SECOND))) {
      throw InvalidInputException.of(
          "%s is one part of a model, another is %s; merge them first, as change_mp.py of GLM's"
              + " repository does (python change_mp.py FOLDER 1)",
          file, SECOND);
    }
  }
}
