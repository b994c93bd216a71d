package org.ptuning4j.train.objective;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Loss;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.check.Overlap;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.train.batching.BatchWeights;
import org.ptuning4j.train.batching.Batching;
import org.ptuning4j.train.batching.Batching.TokenBudget;
import org.ptuning4j.train.batching.PackedRows;
import org.ptuning4j.train.config.Regularisation;
import org.ptuning4j.train.exchange.GradientExchange;

/**
 * One task's data set.
 *
 * @param <E> what one example is
 */
public final class TaskObjective<E extends Example> implements Objective {

  /**
   * Tokens of one evaluation batch: enough to keep the cores busy, little enough for their caches.
   */
  private static final TokenBudget EVALUATION = new TokenBudget(4096);

  /**
   * What decides under a teacher: the probability that student and teacher give in common, Σ min(p,
   * q), in the mean of the targets' tokens; 1 where they say the same.
   */
  public static final String AGREEMENT = "agreement";

  private final PreparedTask<E> task;
  private final Head head;
  private final EncodedExamples<E> training;
  private final EncodedExamples<E> evaluation;
  private final Overlap overlap;
  private final List<Item> contentFree;
  private final int padId;
  private final boolean packing;
  private final TrainingLoss trainingLoss;
  private final int[] terms; // of each training row's loss
  private final KnownStates known;
  private final Optional<DocumentTeacher> teacher;

  /**
   * The objective of a task.
   *
   * @param contentFree inputs without content, that words are calibrated with
   * @param packing whether several training texts share a row; see {@link PackedRows}
   * @param regularisation what is added to the loss in training
   * @param teacher whose next-token probabilities are learnt in place of the targets; empty for
   *     these. The head is then the language model's; closed with this
   */
  public TaskObjective(
      PreparedTask<E> task,
      Head head,
      EncodedExamples<E> training,
      EncodedExamples<E> evaluation,
      Overlap overlap,
      List<Item> contentFree,
      int padId,
      boolean packing,
      Regularisation regularisation,
      Optional<DocumentTeacher> teacher) {
    this.teacher = teacher;
    this.task = task;
    this.head = head;
    this.training = training;
    this.evaluation = evaluation;
    this.overlap = overlap;
    this.contentFree = contentFree;
    this.padId = padId;
    this.packing = packing;
    this.trainingLoss = new TrainingLoss(head, regularisation, task.task().name());
    this.terms = training.items().stream().mapToInt(head::terms).toArray();
    this.known = new KnownStates(task.task().name(), head.reads(), EVALUATION, padId);
  }

  public PreparedTask<E> task() {
    return task;
  }

  public Head head() {
    return head;
  }

  @Override
  public List<Parameter> parameters() {
    return head.parameters();
  }

  @Override
  public int[] lengths() {
    return training.tokens();
  }

  @Override
  public List<int[]> plan(Batching batching, long seed, int epoch) {
    return packing
        ? batching.planPacked(training.tokens(), seed, epoch)
        : batching.plan(training.longestRows(), training.rows(), seed, epoch);
  }

  @Override
  public int trainingExamples() {
    return training.examples().size();
  }

  @Override
  public int evaluationExamples() {
    return evaluation.examples().size();
  }

  @Override
  public Loss loss(PromptedBackbone pass, int[] rows) {
    List<Item> items = training.at(rows);
    if (teacher.isPresent()) {
      HeadInput student = read(pass, trainingStates(pass, items, rows), items);
      Tensor apart = teacher.get().ofTraining(student, rows);
      return new Loss(apart.select(1, 0).sum(), apart.size(0));
    }
    Supplier<Tensor> scores = () -> scores(pass, trainingStates(pass, items, rows), items);
    return pass.dropout().isOn()
        ? trainingLoss.of(scores, items, pass.backbone().engine())
        : head.loss(scores.get(), items);
  }

  private Tensor trainingStates(PromptedBackbone pass, List<Item> items, int[] rows) {
    return packing && !known.training().map(FrozenStates::areLast).orElse(false)
        ? packed(pass, items, rows)
        : states(pass, items, rows, known.training());
  }

  @Override
  public BatchWeights weights(List<int[]> batches) {
    return BatchWeights.mean(batches.stream().mapToLong(this::terms).toArray());
  }

  /** The number of terms that the losses of training rows have together. */
  long terms(int[] rows) {
    return Arrays.stream(rows).mapToLong(row -> terms[row]).sum();
  }

  @Override
  public Preparation prepare(PromptedBackbone pass, int epochs, StateStore store) {
    List<Item> train = training.items();
    List<Item> dev = evaluation.items();
    Preparation done = known.prepare(pass, train, dev, epochs, store);
    return teacher
        .map(each -> done.and(each.prepare(task.task().name(), train, dev, epochs, store)))
        .orElse(done);
  }

  /** The head's scores of states that it reads. */
  private Tensor scores(PromptedBackbone pass, Tensor states, List<Item> items) {
    return head.scores(read(pass, states, items));
  }

  private static HeadInput read(PromptedBackbone pass, Tensor states, List<Item> items) {
    return new HeadInput(pass.backbone(), states, items, pass.dropout());
  }

  /**
   * The states that the head reads.
   *
   * @param rows which items of a data set they are
   * @param below the states of that data set that are known
   */
  private Tensor states(
      PromptedBackbone pass, List<Item> items, int[] rows, Optional<FrozenStates> below) {
    if (below.isPresent() && below.get().areLast()) {
      return below.get().at(rows);
    }
    TokenBatch tokens = tokens(items);
    return below
        .map(found -> pass.above(tokens, found.layers(), found.at(rows), head.reads()))
        .orElseGet(() -> pass.forward(tokens, head.reads()));
  }

  private TokenBatch tokens(List<Item> items) {
    return TokenBatch.of(texts(items), padId);
  }

  private static List<TokenRow> texts(List<Item> items) {
    return items.stream().flatMap(item -> item.rows().stream()).toList();
  }

  /** The same of items that share rows in the pass, {@code [R, m, H]}. */
  private Tensor packed(PromptedBackbone pass, List<Item> items, int[] which) {
    List<TokenRow> texts = texts(items);
    PackedRows rows = PackedRows.of(texts, padId);
    Tensor states =
        known
            .training()
            .map(
                found ->
                    pass.above(rows.tokens(), found.layers(), found.at(which, rows), Positions.ALL))
            .orElseGet(() -> pass.forward(rows.tokens(), Positions.ALL));
    long[] places = rows.places(texts);
    Tensor index = pass.backbone().engine().place(Tensors.of(places, places.length), Dtype.I64);
    return states
        .reshape(-1, states.size(2))
        .index_select(0, index)
        .view(texts.size(), -1, states.size(2));
  }

  @Override
  public Evaluation evaluate(PromptedBackbone pass, GradientExchange exchange) {
    float[][] scores = new float[evaluation.items().size()][];
    double loss = evaluate(pass, scores, exchange);
    Map<String, Double> metrics = new LinkedHashMap<>();
    teacher.ifPresent(each -> metrics.put(AGREEMENT, each.takeAgreement(scores)));
    List<Answer> answers = answers(task, Arrays.asList(scores));
    Scores result = task.score(evaluation.examples(), answers);
    metrics.putAll(result.metrics());
    return new Evaluation(loss, metrics, result.undefined(), oneAnswer(answers));
  }

  private Optional<OneAnswer> oneAnswer(List<Answer> answers) {
    String first = answers.get(0).text();
    boolean constant = answers.stream().allMatch(answer -> answer.text().equals(first));
    double commonest = evaluation.commonestTarget();
    return constant && commonest < 1
        ? Optional.of(new OneAnswer(first, commonest))
        : Optional.empty();
  }

  /**
   * What is saved and reported of a task at its best state.
   *
   * @param task the task, with what it has learnt from the evaluation data, such as a threshold
   * @param metrics of that task on the evaluation data; empty if it has learnt nothing from it
   */
  public record Tuned(PreparedTask<?> task, Map<String, Double> metrics) {}

  /**
   * Makes the head ready to be saved with the parameters as they are now, and tunes the task on the
   * evaluation data, which is then evaluated once more.
   *
   * @param exchange connects the workers that share the evaluation
   */
  public Tuned tuned(PromptedBackbone pass, GradientExchange exchange) {
    calibrate(pass);
    if (!task.tunes()) {
      return new Tuned(task, Map.of());
    }
    float[][] scores = new float[evaluation.items().size()][];
    evaluate(pass, scores, exchange);
    List<E> examples = evaluation.examples();
    PreparedTask<E> tuned = task.tune(examples, answers(task, Arrays.asList(scores)));
    return new Tuned(tuned, tuned.score(examples, answers(tuned, Arrays.asList(scores))).metrics());
  }

  private List<Answer> answers(PreparedTask<E> asked, List<float[]> scores) {
    PreparedTask<E> complete = asked.withCommon(head.common());
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < evaluation.examples().size(); i++) {
      answers.add(
          complete.answer(
              evaluation.examples().get(i),
              evaluation.ofExample(i, evaluation.items()),
              evaluation.ofExample(i, scores)));
    }
    return answers;
  }

  /**
   * Fills in each item's scores; returns the mean loss of all terms. The losses of the batches are
   * added in one order, whoever computed them.
   */
  private double evaluate(PromptedBackbone pass, float[][] scores, GradientExchange exchange) {
    calibrate(pass);
    List<int[]> batches = EVALUATION.planSequential(evaluation.longestRows(), evaluation.rows());
    double[] losses = new double[batches.size()];
    int[] own = exchange.share(batches.size());
    for (int each : own) {
      losses[each] = evaluate(pass, batches.get(each), scores);
    }
    if (!exchange.isAlone()) {
      ScoredBatches.exchange(exchange, batches, losses, scores);
    }
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return sum / Math.max(1, evaluation.items().stream().mapToLong(head::terms).sum());
  }

  /** Fills in the scores of a batch; returns the sum of its losses. */
  private double evaluate(PromptedBackbone pass, int[] rows, float[][] scores) {
    List<Item> items = evaluation.at(rows);
    return Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Tensor states = states(pass, items, rows, known.evaluation());
                  Tensor batch = scores(pass, states, items);
                  List<float[]> each = head.split(batch, items);
                  for (int i = 0; i < rows.length; i++) {
                    scores[rows[i]] = each.get(i);
                  }
                  return teacher.isPresent()
                      ? teacher.get().evaluate(read(pass, states, items), rows, scores)
                      : head.loss(batch, items).sum().item_double();
                }));
  }

  /** Scores of words that are relative to an input without content need its scores each time. */
  private void calibrate(PromptedBackbone pass) {
    if (!contentFree.isEmpty()) {
      Autograd.inference(
          () ->
              Scope.run(
                  () -> {
                    Tensor states = pass.forward(tokens(contentFree), head.reads());
                    head.calibrate(scores(pass, states, contentFree));
                    return null;
                  }));
    }
  }

  @Override
  public List<String> doubts() {
    List<String> doubts = new ArrayList<>();
    overlap.warning().ifPresent(doubts::add);
    if (training.items().size() > 1 && training.commonestTarget() == 1) {
      doubts.add(
          "all "
              + training.items().size()
              + " training rows have the same right answer: there is nothing to learn from them");
    }
    for (String column : task.task().answersInTexts()) {
      doubts.add(
          "column '"
              + column
              + "' holds the answers and is part of the texts too: the model reads what it is to"
              + " find, and will fail where that is missing");
    }
    return doubts;
  }

  @Override
  public String primaryMetric() {
    return teacher.isPresent() ? AGREEMENT : task.task().primaryMetric();
  }

  @Override
  public double blindLoss() {
    return teacher.isPresent() ? Double.NaN : head.blindLoss(training.items());
  }

  @Override
  public void close() {
    known.close();
    teacher.ifPresent(DocumentTeacher::close);
    head.close();
  }
}
