package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.DropoutRates;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;
import org.ptuning4j.train.exchange.GradientExchange;
import org.ptuning4j.train.objective.Objective;
import org.ptuning4j.train.objective.Preparation;
import org.ptuning4j.train.objective.PromptedBackbone;
import org.ptuning4j.train.objective.StateStore;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.RunLog;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.watch.RunChecks;
import org.ptuning4j.train.watch.Watchdogs;

/**
 * The training loop: batches, steps, evaluations, checkpoints. It knows neither methods nor tasks;
 * they are a {@link PromptModule} and an {@link Objective}.
 */
public final class Trainer implements AutoCloseable {

  private final TrainingConfig config;
  private final Backbone backbone;
  private final PromptModule prompt;
  private final Objective objective;
  private final RunLog log;
  private final TrainingListener listener;
  private final StateStore store;
  private final GradientExchange exchange;
  private final List<Parameter> parameters;
  private final AdamW optimiser;
  private final StepGradients gradients;
  private final int[] lengths;
  private StepPlan plan;
  private final Optional<ParameterAverage> average;
  private final Evaluations evaluations;
  private final Patience patience;
  private final Watchdogs watchdogs;
  private final DropoutRates rates;
  private Progress progress = new Progress();
  private RandomStream dropoutBits;
  private long lastCheckpoint = System.nanoTime();
  private boolean workersStop;

  /**
   * A loop that has made no step.
   *
   * @param store where states that are computed once are kept
   * @param exchange connects the workers that share each step
   */
  public Trainer(
      TrainingConfig config,
      Backbone backbone,
      PromptModule prompt,
      Objective objective,
      RunLog log,
      TrainingListener listener,
      StateStore store,
      GradientExchange exchange) {
    this.config = config;
    this.backbone = backbone;
    this.prompt = prompt;
    this.objective = objective;
    this.log = log;
    this.listener = listener;
    this.store = store;
    this.exchange = exchange;
    List<ParameterGroup> groups =
        ParameterGroups.of(
            config, prompt.parameters(), objective.parameters(), backbone.parameters());
    this.parameters = groups.stream().flatMap(group -> group.parameters().stream()).toList();
    this.optimiser = new AdamW(AdamW.Settings.of(config), groups);
    this.lengths = objective.lengths();
    this.plan = StepPlan.of(config, objective, !parameters.isEmpty());
    this.rates = config.dropout().map(DropoutRates::all).orElse(backbone.spec().dropout());
    RunChecks.require(config, rates);
    plan.requireAnEvaluation();
    this.average =
        config.averaging().isOn() && !parameters.isEmpty()
            ? Optional.of(
                new ParameterAverage(parameters, config.averaging().decayOver(plan.total())))
            : Optional.empty();
    this.evaluations = new Evaluations(objective, parameters, average, exchange);
    this.patience = new Patience(config.patience(), config.minDelta());
    this.watchdogs = new Watchdogs(config.method(), config.learningRate(), objective.blindLoss());
    this.dropoutBits = RandomStream.of(config.seed(), "dropout");
    // A head alone over states that are computed once is too little work to split.
    boolean little = parameters.isEmpty() || trainingPass(dropoutBits).isFrozen();
    this.gradients =
        new StepGradients(
            exchange,
            backbone,
            objective,
            this::trainingPass,
            parameters,
            config.checkpointLayers(),
            !little);
  }

  /** The factor that keeps the gradient's norm at or below {@code clip}; 1 if {@code clip} is 0. */
  static double clipFactor(double norm, double clip) {
    return clip == 0 ? 1 : Math.min(1, clip / (norm + 1e-6));
  }

  /** The number of trained values. */
  public long trainableParameters() {
    return parameters.stream().mapToLong(Parameter::count).sum();
  }

  public int totalSteps() {
    return plan.total();
  }

  /** The model as it is, without dropout. */
  public PromptedBackbone evaluationPass() {
    return trainingPass(dropoutBits).evaluating();
  }

  /** The steps that were made before; 0 unless the run is resumed. */
  public int firstStep() {
    return progress.step;
  }

  /** Takes up the state of the checkpoint in the folder, if there is one. */
  public void resume() {
    if (!log.checkpointFile().toFile().exists()) {
      log.keepMetrics(0);
      return;
    }
    progress = Checkpoint.restore(log.checkpointFile(), parameters, optimiser, average);
    dropoutBits =
        RandomStream.at(RandomStream.of(config.seed(), "dropout"), progress.dropoutPosition);
    watchdogs.resume(progress.watched);
    if (progress.foundRate != null) {
      takeRate(progress.foundRate);
    }
    log.keepMetrics(progress.evaluations);
  }

  /**
   * Trains until the epochs are over, patience ends, or {@code stop} says so; then puts the best
   * parameters back.
   *
   * @return how far it came
   */
  public Outcome train(BooleanSupplier stop) {
    boolean finished = goOn(Integer.MAX_VALUE, stop);
    if (progress.hasBest()) {
      Checkpoint.restoreParameters(log.bestFile(progress.bestStep), parameters);
    }
    return Outcome.of(progress, finished, plan.peak());
  }

  /**
   * Trains until so many steps are made in all, as {@link #train} makes them.
   *
   * @return false if {@code stop} came before; what was reached is saved
   */
  public boolean advance(int steps, BooleanSupplier stop) {
    goOn(steps, stop);
    return progress.step >= steps || exhausted();
  }

  /** Goes on until so many steps are made in all, or it is stopped. */
  private boolean goOn(int steps, BooleanSupplier stop) {
    if (progress.step == 0 && progress.evaluations == 0) {
      atStart().forEach(this::warn);
      average.ifPresent(ParameterAverage::begin);
    }
    prepare();
    if (config.searchesRate() && progress.foundRate == null && !exhausted()) {
      findRate();
    }
    boolean finished = parameters.isEmpty() ? evaluateOnly() : trainEpochs(steps, stop);
    progress.dropoutPosition = dropoutBits.position();
    saveCheckpoint();
    return finished;
  }

  /**
   * The mean loss on some training rows as the parameters are, without dropout.
   *
   * @param seed which rows: the first batches of an epoch that it makes
   * @param most how many rows, about
   */
  public double sampleLoss(long seed, int most) {
    double sum = 0;
    long count = 0;
    int rows = 0;
    for (int[] batch : objective.plan(config.batching(), seed, 0)) {
      if (rows >= most) {
        break;
      }
      rows += batch.length;
      long terms = objective.weights(List.of(batch)).total();
      sum += terms * meanLoss(batch);
      count += terms;
    }
    return sum / Math.max(1, count);
  }

  private double meanLoss(int[] batch) {
    return Autograd.inference(
        () -> Scope.run(() -> objective.loss(evaluationPass(), batch).mean().item_double()));
  }

  /** Seconds of training so far, evaluations apart. */
  public double seconds() {
    return progress.seconds;
  }

  /** The steps of the first epoch. */
  public int stepsOfEpoch() {
    return plan.ofEpoch(0);
  }

  /** After how many steps it evaluates. */
  public int stepsBetweenEvaluations() {
    return config.evaluateEvery() > 0 ? config.evaluateEvery() : plan.ofEpoch(0);
  }

  /** Computes states once where nothing below them changes; the time counts as training. */
  private void prepare() {
    if (exhausted() || progress.epoch >= config.epochsMade()) {
      return;
    }
    long start = System.nanoTime();
    int epochs = parameters.isEmpty() ? 1 : Math.max(1, config.allEpochs() / exchange.workers());
    Preparation once = objective.prepare(trainingPass(dropoutBits), epochs, store);
    double seconds = (System.nanoTime() - start) / 1e9;
    progress.seconds += seconds;
    once.refusals().forEach(this::warn);
    if (!once.kept().isEmpty()) {
      listener.computedOnce(
          new TrainingListener.ComputedOnce(
              once.kept().get(0).layers(), backbone.spec().layers(), once.kept(), seconds));
    }
  }

  /** The time of the test counts as training. */
  private void findRate() {
    long start = System.nanoTime();
    RangeTest.Found found = new RangeTest(config, objective, parameters, gradients).run();
    progress.foundRate = found.rate();
    progress.seconds += (System.nanoTime() - start) / 1e9;
    takeRate(found.rate());
    Decision decision =
        new Decision(
            TrainingSettings.LEARNING_RATE.name(), Double.toString(found.rate()), found.reason());
    progress.decisions.add(decision);
    log.write("range-test.json", found.points());
    saveCheckpoint();
    listener.decided(decision);
  }

  private void takeRate(double rate) {
    plan = plan.withPeak(rate);
    watchdogs.rateFound(rate);
  }

  private List<String> atStart() {
    if (parameters.isEmpty()) {
      return objective.doubts();
    }
    List<String> doubts = new ArrayList<>(objective.doubts());
    doubts.addAll(RunChecks.ofSettings(config, lengths.length, plan.total()));
    return watchdogs.atStart(doubts);
  }

  /** A method that trains nothing has one evaluation and no steps. */
  private boolean evaluateOnly() {
    if (progress.evaluations == 0) {
      evaluate();
    }
    return true;
  }

  private boolean trainEpochs(int steps, BooleanSupplier stop) {
    if (exhausted()) {
      return true; // a resumed run that had come to its end
    }
    while (progress.epoch < config.epochsMade()) {
      List<int[]> batches = objective.plan(config.batching(), config.seed(), progress.epoch);
      while (progress.stepInEpoch < plan.ofEpoch(progress.epoch)) {
        if (progress.step >= steps || stops(stop)) {
          return false;
        }
        int from = progress.stepInEpoch * config.accumulation();
        int to = Math.min(batches.size(), from + config.accumulation());
        step(batches.subList(from, to), stop);
        if (plan.evaluatesAfter(progress.step, progress.stepInEpoch, progress.epoch)) {
          evaluate();
          if (exhausted()) {
            return true;
          }
        }
        if (System.nanoTime() - lastCheckpoint > config.checkpointSeconds() * 1_000_000_000L) {
          saveCheckpoint();
        }
      }
      progress.epoch++;
      progress.stepInEpoch = 0;
    }
    return true;
  }

  /** Workers that share steps stop after the same one: what they say is exchanged with a step. */
  private boolean stops(BooleanSupplier stop) {
    return exchange.isAlone() ? stop.getAsBoolean() : workersStop;
  }

  private void step(List<int[]> batches, BooleanSupplier stop) {
    long start = System.nanoTime();
    double rate = plan.rate(progress.step);
    optimiser.zeroGradients();
    StepGradients.StepLoss loss =
        gradients.add(batches, dropoutBits, !exchange.isAlone() && stop.getAsBoolean());
    workersStop = loss.stops();
    double norm = optimiser.gradientNorm();
    requireFinite(loss.mean(), norm, rate);
    optimiser.step(rate, clipFactor(norm, config.clip()));
    progress.step++;
    progress.stepInEpoch++;
    average.ifPresent(kept -> kept.update(progress.step));
    progress.lossSum += loss.mean() * loss.weight();
    progress.lossTotal += loss.weight();
    int rows = batches.stream().mapToInt(batch -> batch.length).sum();
    progress.examples += rows;
    progress.tokens +=
        batches.stream().flatMapToInt(Arrays::stream).mapToLong(r -> lengths[r]).sum();
    progress.dropoutPosition = dropoutBits.position();
    progress.seconds += (System.nanoTime() - start) / 1e9;
    listener.stepped(
        new TrainingListener.Step(
            progress.step,
            plan.total(),
            progress.epoch + 1,
            loss.mean(),
            rate,
            rows,
            progress.examples / progress.seconds));
  }

  private PromptedBackbone trainingPass(RandomStream masks) {
    return new PromptedBackbone(
        backbone, prompt, Dropout.from(masks), rates, config.cache().isOff(), Optional.empty());
  }

  private void requireFinite(double loss, double norm, double rate) {
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw InvalidInputException.of(
          "the %s became %s at step %d with learning rate %.2e: training cannot go on; lower %s"
              + " (ten times, to begin with) or use %s fp32. The last checkpoint is kept.",
          Double.isFinite(loss) ? "gradient" : "loss",
          Double.isFinite(loss) ? norm : loss,
          progress.step + 1,
          rate,
          new SettingName("lr"),
          new SettingName("precision"));
    }
  }

  /** Evaluates, keeps the best, writes a line and a checkpoint. */
  private void evaluate() {
    Evaluations.Judged judged = evaluations.judge(evaluationPass(), progress.step);
    double trainLoss = progress.lossSum / Math.max(1, progress.lossTotal);
    progress.lossSum = 0;
    progress.lossTotal = 0;
    boolean best =
        progress.best().map(before -> judged.standing().compareTo(before) > 0).orElse(true);
    progress.patience(patience.after(progress.patience(), judged.standing()));
    progress.evaluations++;
    if (best) {
      progress.keep(judged);
      evaluations.save(log.bestFile(progress.step), judged);
    }
    List<String> warnings =
        watchdogs.afterEvaluation(judged.evaluation(), objective.primaryMetric(), trainLoss);
    log.appendMetrics(metricsLine(judged, trainLoss, best));
    saveCheckpoint();
    log.keepOnlyBest(progress.bestStep);
    listener.evaluated(
        new TrainingListener.Evaluated(
            progress.epoch + 1,
            progress.step,
            trainLoss,
            judged.evaluation().loss(),
            judged.evaluation().metrics(),
            objective.primaryMetric(),
            best,
            judged.ofAverage(),
            progress.seconds));
    warnings.forEach(this::warn);
  }

  private Map<String, Object> metricsLine(
      Evaluations.Judged judged, double trainLoss, boolean best) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", progress.epoch + 1);
    line.put("step", progress.step);
    line.put("train_loss", trainLoss);
    line.putAll(Evaluations.figures(judged.evaluation()));
    line.put("best", best);
    line.putAll(judged.facts());
    line.put("learning_rate", lastRate());
    line.put("seconds", Math.round(progress.seconds * 1000) / 1000.0);
    line.put(
        "tokens_per_second",
        progress.seconds == 0 ? 0 : Math.round(progress.tokens / progress.seconds));
    return line;
  }

  /** The learning rate of the last step; 0 before the first. */
  private double lastRate() {
    return progress.step == 0 ? 0 : plan.rate(progress.step - 1);
  }

  private boolean exhausted() {
    return patience.isExhausted(progress.patience());
  }

  private void saveCheckpoint() {
    progress.watched = watchdogs.state();
    Checkpoint.save(log.checkpointFile(), parameters, optimiser, average, progress);
    lastCheckpoint = System.nanoTime();
    listener.saved(progress.step);
  }

  private void warn(String message) {
    listener.warned(message);
  }

  @Override
  public void close() {
    gradients.close();
    optimiser.close();
    average.ifPresent(ParameterAverage::close);
  }
}
