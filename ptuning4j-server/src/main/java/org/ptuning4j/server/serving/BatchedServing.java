package org.ptuning4j.server.serving;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.Residency;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.WrittenAnswers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packs over one backbone in memory; questions of all callers share batches. */
public final class BatchedServing implements Serving, PackAdministration, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchedServing.class);

  private final Predictor predictor;
  private final Map<String, Path> folders;
  private final Batcher batcher;

  /**
   * Serves packs.
   *
   * @param predictor has a source of packs, perhaps; the caller closes it after this
   * @param folders of packs beside those of the source, by the names of their tasks
   * @param waiting questions that may wait for the model
   * @param listener is told what becomes of questions
   * @throws InvalidInputException if one cannot be loaded
   */
  public BatchedServing(
      Predictor predictor, Map<String, Path> folders, int waiting, BatcherListener listener) {
    this.predictor = predictor;
    this.folders = new ConcurrentSkipListMap<>(folders);
    this.folders.keySet().forEach(this::load);
    this.batcher =
        Batcher.over(predictor, BatcherSettings.standard().withCapacity(waiting), listener);
  }

  @Override
  public List<KnownPack> packs() {
    Set<String> served = Set.copyOf(predictor.tasks());
    return folders.keySet().stream()
        .map(name -> new KnownPack(name, served.contains(name)))
        .toList();
  }

  @Override
  public void load(String name) {
    predictor.add(name, Pack.open(folder(name)).folder());
  }

  @Override
  public void unload(String name) {
    folder(name);
    predictor.remove(name);
  }

  private Path folder(String name) {
    return Optional.ofNullable(folders.get(name))
        .orElseThrow(
            () ->
                ProblemDetails.ofValue(
                        ProblemKind.UNKNOWN_TASK,
                        "name",
                        name,
                        "the server was told of no such pack; GET /admin/packs lists them")
                    .exception());
  }

  @Override
  public Residency residency() {
    return predictor.residency();
  }

  @Override
  public int waiting() {
    return batcher.waiting();
  }

  @Override
  public List<String> names() {
    return predictor.tasks().stream().sorted().toList();
  }

  @Override
  public boolean has(String name) {
    return predictor.tasks().contains(name);
  }

  @Override
  public Optional<OfferedTask> task(String name) {
    return has(name) ? Optional.of(offered(name)) : Optional.empty();
  }

  private OfferedTask offered(String name) {
    try {
      PreparedTask<?> prepared = predictor.prepared(name);
      return new OfferedTask(
          name,
          prepared.task(),
          predictor.facts(name),
          prepared.written().map(WrittenAnswers::settings));
    } catch (InvalidInputException e) {
      // Its pack is there, and broken or of another model; why names folders, for the log alone.
      LOG.warn("The pack of task '{}' cannot be loaded: {}", name, e.getMessage());
      throw Results.unavailable().exception();
    }
  }

  @Override
  public Asked ask(Question question, Instant deadline) {
    Duration left = Duration.between(Instant.now(), deadline);
    CompletableFuture<Outcome> outcome = batcher.submit(request(question), left);
    return new Asked(outcome.thenApply(Results::of), () -> outcome.cancel(false));
  }

  private Request request(Question question) {
    Map<String, Object> values = question.values();
    if (PlainTexts.areNamed(values) && has(question.task())) {
      values = PlainTexts.named(predictor.task(question.task()).inputs(), values);
    }
    return Request.of(question.task(), values).written(question.writing());
  }

  /** Answers what was accepted, and no more. */
  @Override
  public void close() {
    batcher.close();
  }
}
