package org.ptuning4j.generate;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A way to find continuations of several texts at once. */
public interface Search {

  /**
   * The search that the settings ask for.
   *
   * @param endTokens the tokens that end texts
   * @param listener is told what is written as it comes; by beam search nothing, because what it
   *     has written may still change
   */
  static Search of(GenerationSettings settings, Set<Integer> endTokens, TextListener listener) {
    Ends ends = new Ends(endTokens, settings.stops());
    return settings.beams() > 1
        ? new BeamSearch(settings, ends)
        : new TokenSearch(settings, ends, listener);
  }

  /**
   * Continues texts.
   *
   * @param texts the tokens of each, {@code R} of them, in the order of the model's rows
   * @param model stands at the end of the texts
   * @param decode tokens to text, special tokens left out
   * @return for each text its continuations, the best first where they are ranked
   */
  List<List<Continuation>> run(List<int[]> texts, NextTokens model, Function<int[], String> decode);
}
