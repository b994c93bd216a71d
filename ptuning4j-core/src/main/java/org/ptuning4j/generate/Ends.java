package org.ptuning4j.generate;

import java.util.List;
import java.util.Set;

/**
 * What ends a continuation.
 *
 * @param tokens tokens that end a text
 * @param stops texts that do
 */
record Ends(Set<Integer> tokens, List<String> stops) {

  /** Copies the collections. */
  Ends {
    tokens = Set.copyOf(tokens);
    stops = List.copyOf(stops);
  }

  boolean isEnd(int token) {
    return tokens.contains(token);
  }

  /** Whether a text has a stop string; without any nothing is decoded. */
  boolean stop(TextSoFar text) {
    return !stops.isEmpty() && TextSoFar.stop(text.text(), stops) >= 0;
  }

  /** A continuation that ended, its text cut before a stop string. */
  Continuation continuation(TextSoFar added, double logProbability, Ending ending) {
    String text = added.text();
    int stop = ending == Ending.STOP_STRING ? TextSoFar.stop(text, stops) : -1;
    return new Continuation(
        stop < 0 ? text : text.substring(0, stop), added.tokens(), logProbability, ending);
  }
}
