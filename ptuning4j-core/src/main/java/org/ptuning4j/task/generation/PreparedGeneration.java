package org.ptuning4j.task.generation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.metric.Bleu;
import org.ptuning4j.metric.RougeL;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.WrittenAnswers;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.task.template.RenderedCloze;

/**
 * A task on texts that follow others.
 *
 * @param task what it is
 * @param tokens those around a target
 */
record PreparedGeneration(GenerationTask task, TargetTokens tokens)
    implements PreparedTask<GenerationExample>, WrittenAnswers<GenerationExample> {

  @Override
  public HeadSpec head(HeadOptions options) {
    if (options.input().isPresent()) {
      throw InvalidInputException.of(
          "head: %s gives one of several labels, and task '%s' is answered with texts; leave it"
              + " out",
          options.input().get().label(), task.name());
    }
    return new LanguageModelHeadSpec();
  }

  @Override
  public Optional<WrittenAnswers<GenerationExample>> written() {
    return Optional.of(this);
  }

  /** The source, and the target where it is known. */
  @Override
  public List<Item> items(GenerationExample example, ItemEncoder encoder) {
    if (!example.hasTarget()) {
      return List.of(Item.of(source(example, encoder)));
    }
    // Of a row that is too long the source is cut, of which one token at least is read.
    int most = Math.min(task.settings().maxNewTokens(), encoder.maxLength() - 1);
    SourceForm form = form(encoder);
    int[] target = form.target(example.targets().get(0), encoder.tokenizer(), Math.max(1, most));
    RenderedCloze read = form.row(example.text(), encoder, target);
    List<OptionalInt> right = IntStream.of(target).mapToObj(OptionalInt::of).toList();
    return List.of(
        Item.ofTokens(read.row(), read.reads(), new int[0]).withTarget(new Target.Tags(right)));
  }

  @Override
  public TokenRow source(GenerationExample example, ItemEncoder encoder) {
    return form(encoder).row(example.text(), encoder);
  }

  private SourceForm form(ItemEncoder encoder) {
    return SourceForm.of(task, tokens, encoder.tokenizer(), encoder.direction());
  }

  @Override
  public GenerationSettings settings() {
    return task.settings();
  }

  /** What the model makes of the targets; what it writes itself is asked for otherwise. */
  @Override
  public Answer answer(GenerationExample example, List<Item> items, List<float[]> scores) {
    return TargetLikelihood.of(scores);
  }

  @Override
  public Answer answer(GenerationExample example, List<Continuation> continuations) {
    return new GeneratedAnswer(continuations);
  }

  /**
   * Of likelihoods token accuracy and perplexity, of written texts BLEU, ROUGE-L and exact match.
   */
  @Override
  public Scores score(List<GenerationExample> examples, List<Answer> answers) {
    return answers.stream().allMatch(TargetLikelihood.class::isInstance)
        ? ofLikelihoods(answers.stream().map(TargetLikelihood.class::cast).toList())
        : ofTexts(examples, answers.stream().map(answer -> answer.text().strip()).toList());
  }

  private Scores ofLikelihoods(List<TargetLikelihood> answers) {
    long count = answers.stream().mapToLong(TargetLikelihood::tokens).sum();
    long best = answers.stream().mapToLong(TargetLikelihood::best).sum();
    double sum = answers.stream().mapToDouble(TargetLikelihood::logProbability).sum();
    double perplexity = Math.exp(-sum / Math.max(1, count));
    Scores.Builder metrics = Scores.builder();
    for (String metric : task.metricNames()) {
      boolean share = metric.equals(GenerationTask.TOKEN_ACCURACY);
      double value = share ? (double) best / Math.max(1, count) : perplexity;
      metrics.metric(
          metric, Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty());
    }
    return metrics.build();
  }

  private static Scores ofTexts(List<GenerationExample> examples, List<String> texts) {
    List<List<String>> targets = new ArrayList<>();
    examples.forEach(
        example -> targets.add(example.targets().stream().map(String::strip).toList()));
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("bleu", Bleu.of(targets, texts));
    metrics.put("rouge_l", RougeL.of(targets, texts));
    metrics.put("exact_match", exact(targets, texts));
    return Scores.of(metrics);
  }

  private static double exact(List<List<String>> targets, List<String> texts) {
    long hits =
        IntStream.range(0, texts.size()).filter(i -> targets.get(i).contains(texts.get(i))).count();
    return (double) hits / texts.size();
  }
}
