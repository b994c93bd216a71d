package org.ptuning4j.langchain4j;

import dev.langchain4j.classification.ClassificationResult;
import dev.langchain4j.classification.ScoredLabel;
import dev.langchain4j.classification.TextClassifier;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.task.PreparedTask;

/**
 * A pack that puts labels to texts, as LangChain4j asks for one. It gives the labels that the pack
 * itself answers: the most probable one, or those that apply where a text may have several; {@link
 * #ofAllLabels} gives every label with its probability. Labels with higher probabilities come
 * first. Thread-safe.
 *
 * <pre>{@code
 * TextClassifier<String> mood = PackTextClassifier.of(predictor, "mood");
 * List<String> labels = mood.classify("A delight from start to finish.");
 *
 * TextClassifier<Team> teams =
 *     PackTextClassifier.of(predictor, "routing").withMinScore(0.5).mapped(Team::valueOf);
 * }</pre>
 *
 * @param <L> what a label is in the program
 */
public final class PackTextClassifier<L> implements TextClassifier<L> {

  private final Function<Request, Outcome> asked;
  private final String task;
  private final LabelReader labels;
  private final Function<String, ? extends L> meaning;

  private PackTextClassifier(
      Function<Request, Outcome> asked,
      String task,
      LabelReader labels,
      Function<String, ? extends L> meaning) {
    this.asked = asked;
    this.task = task;
    this.labels = labels;
    this.meaning = meaning;
  }

  /**
   * A classifier that answers each text by itself.
   *
   * @param predictor which the caller closes, after the last text
   * @param task the name of a task in it; its pack is read at once
   * @throws InvalidInputException if there is no such task, or it puts no labels to one text
   */
  public static PackTextClassifier<String> of(Predictor predictor, String task) {
    return of(predictor, task, request -> predictor.answer(List.of(request)).get(0));
  }

  /**
   * A classifier whose texts share batches with all that is asked of a batcher, whatever the tasks.
   *
   * @param predictor that the batcher is over
   * @param batcher which the caller closes, after the last text
   * @param task the name of a task; its pack is read at once
   * @throws InvalidInputException if there is no such task, or it puts no labels to one text
   */
  public static PackTextClassifier<String> of(Predictor predictor, Batcher batcher, String task) {
    Objects.requireNonNull(batcher, "batcher");
    return of(predictor, task, request -> batcher.submit(request).join());
  }

  private static PackTextClassifier<String> of(
      Predictor predictor, String task, Function<Request, Outcome> asked) {
    PreparedTask<?> prepared = predictor.prepared(task);
    if (!prepared.task().inputs().areTexts(1)) {
      throw InvalidInputException.of(
          "task: '%s' reads %s; a text classifier gives it one text",
          task, String.join(" and ", prepared.task().inputs().texts()));
    }
    return new PackTextClassifier<>(
        asked, task, LabelReader.of(task, prepared.task().answerSchema()), Function.identity());
  }

  /** The same with every label, whether it applies or not; {@link #withMaxResults} may cut it. */
  public PackTextClassifier<L> ofAllLabels() {
    return new PackTextClassifier<>(asked, task, labels.ofAll(), meaning);
  }

  /**
   * The same with so many labels at most, the most probable ones.
   *
   * @param most from 1 on
   */
  public PackTextClassifier<L> withMaxResults(int most) {
    return new PackTextClassifier<>(asked, task, labels.atMost(most), meaning);
  }

  /**
   * The same without labels that are less probable; there may be none left.
   *
   * @param least a probability
   */
  public PackTextClassifier<L> withMinScore(double least) {
    return new PackTextClassifier<>(asked, task, labels.atLeast(least), meaning);
  }

  /**
   * The same with something else in the place of the pack's labels.
   *
   * @param others is asked for each label that is given
   */
  public <M> PackTextClassifier<M> mapped(Function<? super L, ? extends M> others) {
    Objects.requireNonNull(others, "others");
    return new PackTextClassifier<>(asked, task, labels, meaning.andThen(others));
  }

  /**
   * The labels of a text.
   *
   * @throws InvalidInputException if the model cannot read the text
   * @throws RuntimeException what else kept it from being answered
   */
  @Override
  public ClassificationResult<L> classifyWithScores(String text) {
    Outcome outcome = asked.apply(Request.of(task, text));
    return new ClassificationResult<>(
        labels.read(outcome.orElseThrow()).stream()
            .map(label -> new ScoredLabel<L>(meaning.apply(label.label()), label.score()))
            .toList());
  }
}
