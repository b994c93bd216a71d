package org.ptuning4j.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;

/**
 * Exact match and token F1 of extracted answers, as the official scripts of SQuAD 1.1 (Rajpurkar et
 * al., 2016) and SQuAD 2.0 (Rajpurkar et al., 2018; {@code evaluate-v2.0.py}) compute them. A text
 * on its own scores 0 to 1; figures over questions are percentages, 0 to 100.
 */
public final class SquadMetrics {

  private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");

  // Python's word boundaries and white space, which are not Java's.
  private static final Pattern ARTICLE =
      Pattern.compile("(?<![\\p{L}\\p{N}])(?:a|an|the)(?![\\p{L}\\p{N}])");
  private static final Pattern SPACE = Pattern.compile("[\\t-\\r\\x1c-\\x1f\\x85\\p{Z}]+");

  /**
   * A question with its answer.
   *
   * @param golds the right answers, any of which will do; none for a question without answer
   * @param text the predicted answer; empty for none
   * @param nullScore how much speaks for there being no answer: a probability, or the score of "no
   *     answer" less that of the best span
   */
  public record Answer(List<String> golds, String text, double nullScore) {

    /** Copies the golds; refuses a null score that is not a number. */
    public Answer {
      golds = List.copyOf(golds);
      if (Double.isNaN(nullScore)) {
        throw InvalidInputException.of("null score of answer '%s' is NaN: must be a number", text);
      }
    }

    /** An answer with null score 0, for where every question has one. */
    public Answer(List<String> golds, String text) {
      this(golds, text, 0);
    }

    /** Whether the question truly has an answer. */
    public boolean hasGold() {
      return !golds.isEmpty();
    }
  }

  /**
   * Scores of several questions.
   *
   * @param exact the percentage of questions answered exactly
   * @param f1 the mean token F1 in percent
   * @param questions how many there are; where none is, both figures are 0
   */
  public record Scores(double exact, double f1, int questions) {}

  /**
   * Scores of SQuAD 2.0.
   *
   * @param all of all questions
   * @param hasAnswer of those that have an answer ({@code HasAns})
   * @param noAnswer of those that have none ({@code NoAns})
   */
  public record Split(Scores all, Scores hasAnswer, Scores noAnswer) {}

  /**
   * The best that a threshold on the null scores can do.
   *
   * @param percent the score
   * @param threshold with it: a question whose null score is greater gets no answer
   */
  public record Best(double percent, double threshold) {}

  /**
   * The best thresholds, each for its own figure.
   *
   * @param exact for exact match
   * @param f1 for token F1
   */
  public record BestThresholds(Best exact, Best f1) {}

  private SquadMetrics() {}

  /**
   * A text as it is compared: lower case, without ASCII punctuation and the words a, an and the,
   * and with single spaces.
   */
  public static String normalise(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String words = ARTICLE.matcher(PUNCTUATION.matcher(lower).replaceAll("")).replaceAll(" ");
    return Arrays.stream(SPACE.split(words, -1))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Whether two texts are the same once normalised. */
  public static boolean exact(String gold, String text) {
    return normalise(gold).equals(normalise(text));
  }

  /**
   * F1 of the normalised words two texts share, each as often as in both; 1 if neither has any, as
   * in SQuAD 2.0.
   */
  public static double f1(String gold, String text) {
    return normalise(gold).isEmpty() && normalise(text).isEmpty() ? 1 : sharedWordsF1(gold, text);
  }

  /**
   * F1 of the normalised words two texts share, each as often as in both; 0 if neither has any, as
   * in SQuAD 1.1 and ReCoRD.
   */
  public static double sharedWordsF1(String gold, String text) {
    List<String> goldWords = words(gold);
    List<String> textWords = words(text);
    Map<String, Integer> left = new HashMap<>();
    goldWords.forEach(word -> left.merge(word, 1, Integer::sum));
    int shared = 0;
    for (String word : textWords) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        shared++;
      }
    }
    return shared == 0 ? 0 : 2.0 * shared / (goldWords.size() + textWords.size());
  }

  /**
   * 1 if the text matches any gold exactly, else 0. Golds that are empty once normalised are left
   * out; where none remains, the empty answer is right, as in SQuAD 2.0.
   */
  public static double bestExact(List<String> golds, String text) {
    return best(worded(golds), gold -> exact(gold, text) ? 1 : 0);
  }

  /** The greatest {@link #f1} with any gold; golds are chosen as in {@link #bestExact}. */
  public static double bestF1(List<String> golds, String text) {
    return best(worded(golds), gold -> f1(gold, text));
  }

  /**
   * The scores of SQuAD 1.1, where every question has an answer; null scores are not looked at.
   *
   * @throws InvalidInputException where there is no question, or one without gold
   */
  public static Scores version1(List<Answer> answers) {
    requireSome(answers);
    for (int i = 0; i < answers.size(); i++) {
      if (!answers.get(i).hasGold()) {
        throw InvalidInputException.of("question %d has no gold: SQuAD 1.1 needs one at least", i);
      }
    }
    return mean(
        answers,
        answer -> best(answer.golds(), gold -> exact(gold, answer.text()) ? 1 : 0),
        answer -> best(answer.golds(), gold -> sharedWordsF1(gold, answer.text())));
  }

  /**
   * The scores of SQuAD 2.0 for the answers as they are, whatever their null scores.
   *
   * @throws InvalidInputException where there is no question
   */
  public static Split version2(List<Answer> answers) {
    return version2(answers, Double.POSITIVE_INFINITY);
  }

  /**
   * The scores of SQuAD 2.0.
   *
   * @param threshold a question whose null score is greater counts as answered with "none"
   * @throws InvalidInputException where there is no question, or the threshold is NaN
   */
  public static Split version2(List<Answer> answers, double threshold) {
    requireSome(answers);
    if (Double.isNaN(threshold)) {
      throw new InvalidInputException("threshold is NaN: must be a number");
    }
    ToDoubleFunction<Answer> exact = withThreshold(SquadMetrics::rawExact, threshold);
    ToDoubleFunction<Answer> f1 = withThreshold(SquadMetrics::rawF1, threshold);
    Predicate<Answer> hasGold = Answer::hasGold;
    return new Split(
        mean(answers, exact, f1),
        mean(answers.stream().filter(hasGold).toList(), exact, f1),
        mean(answers.stream().filter(hasGold.negate()).toList(), exact, f1));
  }

  /**
   * The thresholds with the best scores, as {@code find_best_thresh} of the official script finds
   * them: it begins with no answer to anything, then admits the answers by rising null score, and
   * keeps the first best. Like the script, it admits answers of equal null score one by one in the
   * order given, so that with ties the score may be one no threshold gives; and any text for a
   * question without answer is wrong, even one that is empty once normalised. Where answering
   * nothing is best, the script says threshold 0, which is meant for probabilities; so does this,
   * unless a null score is 0 or less: then the threshold is just below the least of them.
   *
   * @throws InvalidInputException where there is no question
   */
  public static BestThresholds bestThresholds(List<Answer> answers) {
    requireSome(answers);
    return new BestThresholds(
        bestThreshold(answers, SquadMetrics::rawExact),
        bestThreshold(answers, SquadMetrics::rawF1));
  }

  private static Best bestThreshold(List<Answer> answers, ToDoubleFunction<Answer> raw) {
    // Adding 0 makes −0 a 0, which the order of doubles would put before it.
    List<Answer> rising =
        answers.stream().sorted(Comparator.comparingDouble(a -> a.nullScore() + 0.0)).toList();
    double least = rising.get(0).nullScore();
    double score = answers.stream().filter(answer -> !answer.hasGold()).count();
    double best = score;
    double threshold = least > 0 ? 0 : Math.nextDown(least);
    for (Answer answer : rising) {
      if (answer.hasGold()) {
        score += raw.applyAsDouble(answer);
      } else if (!answer.text().isEmpty()) {
        score--;
      }
      if (score > best) {
        best = score;
        threshold = answer.nullScore();
      }
    }
    return new Best(100 * best / answers.size(), threshold);
  }

  private static double rawExact(Answer answer) {
    return bestExact(answer.golds(), answer.text());
  }

  private static double rawF1(Answer answer) {
    return bestF1(answer.golds(), answer.text());
  }

  private static ToDoubleFunction<Answer> withThreshold(
      ToDoubleFunction<Answer> raw, double threshold) {
    return answer -> {
      if (answer.nullScore() > threshold) {
        return answer.hasGold() ? 0 : 1;
      }
      return raw.applyAsDouble(answer);
    };
  }

  private static Scores mean(
      List<Answer> answers, ToDoubleFunction<Answer> exact, ToDoubleFunction<Answer> f1) {
    return new Scores(
        100 * answers.stream().mapToDouble(exact).average().orElse(0),
        100 * answers.stream().mapToDouble(f1).average().orElse(0),
        answers.size());
  }

  private static double best(List<String> golds, ToDoubleFunction<String> score) {
    return golds.stream().mapToDouble(score).max().orElse(0);
  }

  private static List<String> worded(List<String> golds) {
    List<String> worded = golds.stream().filter(gold -> !normalise(gold).isEmpty()).toList();
    return worded.isEmpty() ? List.of("") : worded;
  }

  private static List<String> words(String text) {
    String normal = normalise(text);
    return normal.isEmpty() ? List.of() : List.of(normal.split(" ", -1));
  }

  private static void requireSome(List<Answer> answers) {
    if (answers.isEmpty()) {
      throw new InvalidInputException("no questions to score: there must be one at least");
    }
  }
}
