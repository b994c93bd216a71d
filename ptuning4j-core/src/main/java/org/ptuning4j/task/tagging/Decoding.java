package org.ptuning4j.task.tagging;

import java.util.Locale;
import org.ptuning4j.InvalidInputException;

/** How the tags of a sentence are chosen from the scores of each word. */
public enum Decoding {
  /**
   * Each word's best tag on its own, as P-tuning v2's code has it, read as conlleval and seqeval
   * read tags: an {@code I-X} that continues no {@code X} begins one. The answer's tags say so with
   * {@code B-X}; the entities, and so the scores, are the same.
   */
  ARGMAX,
  /**
   * The most probable sequence of tags among those that are valid IOB2, in which {@code I-X} stands
   * only behind {@code B-X} or {@code I-X} (Viterbi's algorithm). What tasks do unless told
   * otherwise: one word's mistake does not cut an entity in two.
   */
  VITERBI;

  /** As it is written in files and on the command line: argmax, viterbi. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #label} writes.
   *
   * @throws InvalidInputException where it is neither
   */
  public static Decoding parse(String text) {
    for (Decoding decoding : values()) {
      if (decoding.label().equals(text)) {
        return decoding;
      }
    }
    throw InvalidInputException.of("decoding: '%s' is not one of argmax, viterbi", text);
  }
}
