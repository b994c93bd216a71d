package org.ptuning4j.generate;

import java.util.List;
import org.ptuning4j.InvalidInputException;

/**
 * How a text is continued. The names and meanings are those of Hugging Face's generation settings.
 *
 * @param maxNewTokens the most tokens that are added, at least 1
 * @param temperature by which scores are divided before a token is drawn; 0 takes the best token
 *     always (greedy)
 * @param topK draws among the k best tokens only; 0 for all
 * @param topP draws among the fewest best tokens that have this probability together, in (0, 1]; 1
 *     for all (Holtzman et al., arXiv 1904.09751, section 3.1)
 * @param repetitionPenalty by which scores of tokens that the text has already are divided
 *     (negative ones multiplied), above 0; 1 for none (Keskar et al., arXiv 1909.05858, section
 *     4.1)
 * @param beams how many continuations are followed at once by beam search; 1 for none
 * @param lengthPenalty the power of the length by which a beam's log-probability is divided; above
 *     0 favours longer ones
 * @param sequences how many continuations are returned
 * @param stops texts that end a continuation, and are not part of it; a special token's name stands
 *     for that token
 * @param seed of the draws: the same text with the same seed is continued the same, whatever is
 *     beside it in a batch
 */
public record GenerationSettings(
    int maxNewTokens,
    double temperature,
    int topK,
    double topP,
    double repetitionPenalty,
    int beams,
    double lengthPenalty,
    int sequences,
    List<String> stops,
    long seed) {

  private static final GenerationSettings GREEDY =
      new GenerationSettings(64, 0, 0, 1, 1, 1, 1, 1, List.of(), 0);

  /**
   * Checks every value, and that they go together.
   *
   * @throws InvalidInputException naming the setting, its value and what would be right
   */
  public GenerationSettings {
    requireAtLeast("max-new-tokens", maxNewTokens, 1);
    requireAtLeast("top-k", topK, 0);
    requireAtLeast("beams", beams, 1);
    requireAtLeast("sequences", sequences, 1);
    require("temperature", temperature, temperature >= 0 && isFinite(temperature), "0 or more");
    require("top-p", topP, topP > 0 && topP <= 1, "above 0 and at most 1");
    require(
        "repetition-penalty",
        repetitionPenalty,
        repetitionPenalty > 0 && isFinite(repetitionPenalty),
        "above 0");
    require("length-penalty", lengthPenalty, isFinite(lengthPenalty), "a number");
    stops = List.copyOf(stops);
    if (stops.contains("")) {
      throw new InvalidInputException("stop: a stop string is empty; it would end every text");
    }
    if (beams > 1 && temperature > 0) {
      throw InvalidInputException.of(
          "beams: %d with temperature %s; beam search takes the best and draws nothing, so choose"
              + " one of the two",
          beams, temperature);
    }
    if (beams > 1 && sequences > beams) {
      throw InvalidInputException.of(
          "sequences: %d of %d beams; at most as many as beams are expected", sequences, beams);
    }
    if (beams == 1 && temperature == 0 && sequences > 1) {
      throw InvalidInputException.of(
          "sequences: %d of a greedy search, which knows one only; set a temperature or beams",
          sequences);
    }
    if (temperature == 0 && (topK != 0 || topP != 1)) {
      throw InvalidInputException.of(
          "%s: %s without a temperature has no effect; set a temperature above 0",
          topK == 0 ? "top-p" : "top-k", topK == 0 ? (Object) topP : (Object) topK);
    }
  }

  private static boolean isFinite(double value) {
    return Double.isFinite(value);
  }

  private static void requireAtLeast(String setting, int value, int least) {
    require(setting, value, value >= least, "a whole number of at least " + least);
  }

  private static void require(String setting, Object value, boolean right, String expected) {
    if (!right) {
      throw InvalidInputException.of("%s: %s; %s is expected", setting, value, expected);
    }
  }

  /** The best token always, up to 64 of them. */
  public static GenerationSettings greedy() {
    return GREEDY;
  }

  /** Tokens drawn at a temperature above 0. */
  public static GenerationSettings sampled(double temperature, long seed) {
    return new GenerationSettings(64, temperature, 0, 1, 1, 1, 1, 1, List.of(), seed);
  }

  /** The best of several continuations that are followed at once. */
  public static GenerationSettings beamSearch(int beams) {
    return new GenerationSettings(64, 0, 0, 1, 1, beams, 1, 1, List.of(), 0);
  }

  /** The same with another limit of the added tokens. */
  public GenerationSettings withMaxNewTokens(int most) {
    return new GenerationSettings(
        most,
        temperature,
        topK,
        topP,
        repetitionPenalty,
        beams,
        lengthPenalty,
        sequences,
        stops,
        seed);
  }

  /** The same, drawing among the k best tokens. */
  public GenerationSettings withTopK(int k) {
    return new GenerationSettings(
        maxNewTokens,
        temperature,
        k,
        topP,
        repetitionPenalty,
        beams,
        lengthPenalty,
        sequences,
        stops,
        seed);
  }

  /** The same, drawing among the best tokens that have a probability together. */
  public GenerationSettings withTopP(double p) {
    return new GenerationSettings(
        maxNewTokens,
        temperature,
        topK,
        p,
        repetitionPenalty,
        beams,
        lengthPenalty,
        sequences,
        stops,
        seed);
  }

  /** The same with a penalty on tokens that the text has already. */
  public GenerationSettings withRepetitionPenalty(double penalty) {
    return new GenerationSettings(
        maxNewTokens,
        temperature,
        topK,
        topP,
        penalty,
        beams,
        lengthPenalty,
        sequences,
        stops,
        seed);
  }

  /** The same with several continuations of each text. */
  public GenerationSettings withSequences(int count) {
    return new GenerationSettings(
        maxNewTokens,
        temperature,
        topK,
        topP,
        repetitionPenalty,
        beams,
        lengthPenalty,
        count,
        stops,
        seed);
  }

  /** The same with texts that end a continuation. */
  public GenerationSettings withStops(List<String> texts) {
    return new GenerationSettings(
        maxNewTokens,
        temperature,
        topK,
        topP,
        repetitionPenalty,
        beams,
        lengthPenalty,
        sequences,
        texts,
        seed);
  }
}
