package org.ptuning4j.prompt;

/**
 * The learning rates that usually work for a method. Prompts want 10 to 100 times those of full
 * fine-tuning.
 *
 * @param lowest of the usual ones
 * @param byDefault a good first try
 * @param ofWords the same where each word is answered rather than a whole text
 * @param highest of the usual ones
 */
public record LearningRates(double lowest, double byDefault, double ofWords, double highest) {

  /** The same first try for every task. */
  public LearningRates(double lowest, double byDefault, double highest) {
    this(lowest, byDefault, byDefault, highest);
  }

  /**
   * A good first try.
   *
   * @param words whether each word is answered
   */
  public double firstTry(boolean words) {
    return words ? ofWords : byDefault;
  }
}
