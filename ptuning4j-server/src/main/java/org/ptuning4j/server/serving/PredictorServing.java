package org.ptuning4j.server.serving;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;

/** Packs over one backbone in memory. */
public final class PredictorServing implements Serving {

  private final Predictor predictor;
  private final Semaphore room;
  private final Semaphore model = new Semaphore(1, true);
  private final Map<String, OfferedTask> tasks = new ConcurrentSkipListMap<>();

  /**
   * Serves the packs of a predictor.
   *
   * @param waiting questions that may wait for the model
   */
  public PredictorServing(Predictor predictor, int waiting) {
    this.predictor = predictor;
    this.room = new Semaphore(waiting);
  }

  /** Offers a pack under a name; one of that name is replaced. */
  public void add(String name, Pack pack) {
    predictor.add(name, pack.folder());
    boolean writes = predictor.prepared(name).written().isPresent();
    tasks.put(name, new OfferedTask(name, predictor.task(name), Optional.of(pack.facts()), writes));
  }

  @Override
  public List<OfferedTask> tasks() {
    return List.copyOf(tasks.values());
  }

  @Override
  public Optional<OfferedTask> task(String name) {
    return Optional.ofNullable(tasks.get(name));
  }

  @Override
  public List<Result> answer(List<Question> questions, Instant deadline) {
    if (!room.tryAcquire(questions.size())) {
      throw Results.overloaded().exception();
    }
    try {
      long left = Duration.between(Instant.now(), deadline).toMillis();
      if (!model.tryAcquire(left, TimeUnit.MILLISECONDS)) {
        throw ProblemDetails.of(ProblemKind.DEADLINE, "the deadline passed in the queue")
            .exception();
      }
      try {
        return answer(questions);
      } finally {
        model.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemDetails.of(ProblemKind.SHUTTING_DOWN, "the server ends").exception();
    } finally {
      room.release(questions.size());
    }
  }

  private List<Result> answer(List<Question> questions) {
    return predictor.answer(questions.stream().map(this::request).toList()).stream()
        .map(Results::of)
        .toList();
  }

  private Request request(Question question) {
    OfferedTask task = tasks.get(question.task());
    Map<String, Object> values =
        task == null
            ? question.values()
            : PlainTexts.named(task.task().inputs(), question.values());
    return Request.of(question.task(), values).written(question.writing());
  }
}
