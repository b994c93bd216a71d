package org.ptuning4j.predict;

import java.util.Objects;
import java.util.Optional;

/**
 * A text that is to be continued.
 *
 * @param pack the pack that it is continued with, by its name in the predictor; empty for the plain
 *     model
 * @param text the text
 */
public record GenerationRequest(Optional<String> pack, String text) {

  /** Checks that there is a text. */
  public GenerationRequest {
    Objects.requireNonNull(pack, "pack");
    Objects.requireNonNull(text, "text");
  }

  /** A text that the plain model continues. */
  public static GenerationRequest of(String text) {
    return new GenerationRequest(Optional.empty(), text);
  }

  /** A text that a pack continues. */
  public static GenerationRequest of(String pack, String text) {
    return new GenerationRequest(Optional.of(pack), text);
  }
}
