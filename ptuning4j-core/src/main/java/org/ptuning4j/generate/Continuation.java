package org.ptuning4j.generate;

import java.util.List;

/**
 * How a text goes on.
 *
 * @param text what was added, without special tokens, cut before a stop string
 * @param tokens the added tokens, those of a stop string included, an ending token left out
 * @param logProbability the sum of the natural logarithms of the tokens' probabilities under the
 *     model, after the repetition penalty and before temperature, top-k and top-p; an ending token
 *     counts
 * @param ending why it ended
 */
public record Continuation(
    String text, List<Integer> tokens, double logProbability, Ending ending) {

  /** Copies the list. */
  public Continuation {
    tokens = List.copyOf(tokens);
  }
}
