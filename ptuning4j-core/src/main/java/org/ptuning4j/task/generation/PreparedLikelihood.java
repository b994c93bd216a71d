package org.ptuning4j.task.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.template.ItemEncoder;

/**
 * A task on how likely texts are.
 *
 * @param task what it is
 */
record PreparedLikelihood(LikelihoodTask task) implements PreparedTask<LikelihoodExample> {

  @Override
  public HeadSpec head(HeadOptions options) {
    if (options.spec().direction() != Direction.CAUSAL) {
      throw InvalidInputException.of(
          "task '%s': each token is told by those before it, as decoders do; this model (%s) is"
              + " none",
          task.name(), options.spec().modelType());
    }
    if (options.input().isPresent()) {
      throw InvalidInputException.of(
          "head: %s gives one of several labels, and task '%s' has none; leave it out",
          options.input().get().label(), task.name());
    }
    return new LanguageModelHeadSpec();
  }

  /**
   * A text that is too long makes several rows, each of which begins in the middle of the one
   * before: every token is scored once, and but for the first row's with half a row before it.
   */
  @Override
  public List<Item> items(LikelihoodExample example, ItemEncoder encoder) {
    int[] ids = TextIds.of(encoder.tokenizer(), example.text());
    int first = task.scored().first(example.text(), ids, encoder.tokenizer());
    if (ids.length <= first) {
      throw new InvalidInputException(
          "text: it has too few tokens: none that is scored has one before it");
    }
    int length = Math.max(2, encoder.maxLength());
    List<Item> items = new ArrayList<>();
    int start = Math.max(0, Math.min(first - length / 2, ids.length - length));
    for (int next = first; next < ids.length; start += length / 2) {
      int end = Math.min(ids.length, start + length);
      if (end > next) {
        items.add(item(Arrays.copyOfRange(ids, start, end), next - start));
        next = end;
      }
    }
    return items;
  }

  /** A row whose tokens from one on are scored. */
  private static Item item(int[] ids, int first) {
    int[] reads = IntStream.range(first - 1, ids.length - 1).toArray();
    List<OptionalInt> right =
        IntStream.range(first, ids.length).mapToObj(at -> OptionalInt.of(ids[at])).toList();
    return Item.ofTokens(ContinuedRow.of(ids), reads, new int[0])
        .withTarget(new Target.Tags(right));
  }

  @Override
  public Answer answer(LikelihoodExample example, List<Item> items, List<float[]> scores) {
    return TargetLikelihood.of(scores);
  }

  @Override
  public Scores score(List<LikelihoodExample> examples, List<Answer> answers) {
    List<TargetLikelihood> all = answers.stream().map(TargetLikelihood.class::cast).toList();
    Scores.Builder metrics = Scores.builder();
    for (String metric : task.metricNames()) {
      double value = metric(metric, all);
      metrics.metric(
          metric, Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty());
    }
    return metrics.build();
  }

  /** A word counts once, whatever its tokens; else tokens count. */
  private double metric(String name, List<TargetLikelihood> all) {
    double sum = all.stream().mapToDouble(TargetLikelihood::logProbability).sum();
    long tokens = all.stream().mapToLong(TargetLikelihood::tokens).sum();
    boolean words = task.scored() == ScoredPart.LAST_WORD;
    double surprise = -sum / (words ? all.size() : tokens);
    return switch (name) {
      case "perplexity" -> Math.exp(surprise);
      case "nats" -> surprise;
      case "token_accuracy" ->
          (double) all.stream().mapToLong(TargetLikelihood::best).sum() / tokens;
      case "accuracy" ->
          (double) all.stream().filter(each -> each.best() == each.tokens()).count() / all.size();
      default -> throw new IllegalStateException(name);
    };
  }
}
