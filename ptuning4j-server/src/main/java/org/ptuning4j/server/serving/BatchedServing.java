package org.ptuning4j.server.serving;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
import org.ptuning4j.registry.FollowedRegistry;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.server.log.AuditLog;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.trace.QuestionSpans;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.TaskInputs;
import org.ptuning4j.task.WrittenAnswers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packs over one backbone in memory; questions of all callers share batches. */
public final class BatchedServing implements Serving, PackAdministration, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BatchedServing.class);

  private final Predictor predictor;
  private final Map<String, Path> folders;
  private final Optional<FollowedRegistry> registry;
  private final Batcher batcher;

  /**
   * Serves packs.
   *
   * @param predictor has the registry as its source, if there is one; the caller closes it after
   *     this
   * @param folders of packs beside those of the registry, by the names of their tasks
   * @param registry which the caller closes as well
   * @param batching how questions are put together, and how many may wait
   * @param listener is told what becomes of questions
   * @throws InvalidInputException if one cannot be loaded
   */
  public BatchedServing(
      Predictor predictor,
      Map<String, Path> folders,
      Optional<FollowedRegistry> registry,
      BatcherSettings batching,
      BatcherListener listener) {
    this.predictor = predictor;
    this.folders = new ConcurrentSkipListMap<>(folders);
    this.registry = registry;
    this.folders.keySet().forEach(this::load);
    registry.ifPresent(
        followed -> {
          followed.whenMoved(predictor::remove);
          followed.whenServed(BatchedServing::note);
        });
    this.batcher = Batcher.over(predictor, batching, listener);
  }

  private static void note(FollowedRegistry.Change change) {
    AuditLog.note(
        "registry",
        "serve " + change.now().facts().reference(),
        change.name(),
        change.before().map(was -> "done; it was " + was.facts().reference()).orElse("done"));
  }

  @Override
  public List<KnownPack> packs() {
    Set<String> served = Set.copyOf(predictor.tasks());
    Set<String> known = new TreeSet<>(folders.keySet());
    registry.ifPresent(followed -> known.addAll(followed.names()));
    return known.stream()
        .map(
            name ->
                new KnownPack(
                    name,
                    served.contains(name),
                    registry.flatMap(followed -> followed.served(name)).map(PublishedPack::facts)))
        .toList();
  }

  @Override
  public void load(String name) {
    if (folders.containsKey(name)) {
      predictor.add(name, Pack.open(folders.get(name)).folder());
    } else if (registry.filter(followed -> followed.names().contains(name)).isPresent()) {
      predictor.remove(name); // the next question takes it anew
    } else {
      throw unknown(name);
    }
  }

  @Override
  public void unload(String name) {
    if (!folders.containsKey(name)) {
      if (registry.filter(followed -> followed.names().contains(name)).isPresent()) {
        throw ProblemDetails.ofValue(
                ProblemKind.CONFLICT,
                "name",
                name,
                "it is served from the registry, and the next question would take it anew; retire"
                    + " its versions there")
            .exception();
      }
      throw unknown(name);
    }
    predictor.remove(name);
  }

  private static ProblemException unknown(String name) {
    return ProblemDetails.ofValue(
            ProblemKind.UNKNOWN_TASK,
            "name",
            name,
            "the server was told of no such pack; GET /admin/packs lists them")
        .exception();
  }

  @Override
  public int publish(String name, Path pack, String note, Optional<String> alias) {
    return followed().publish(name, pack, note, alias);
  }

  @Override
  public void promote(String name, int version, String alias) {
    List<Integer> versions = followed().versions(name);
    if (!versions.contains(version)) {
      throw ProblemDetails.ofValue(
              ProblemKind.CONFLICT,
              "version",
              version,
              "there is no such version, or it is retired; in use are " + versions)
          .exception();
    }
    followed().promote(name, version, alias);
  }

  @Override
  public int rollback(String name, String alias) {
    return followed().rollback(name, alias);
  }

  private FollowedRegistry followed() {
    return registry.orElseThrow(
        () -> ProblemDetails.of(ProblemKind.CONFLICT, "the server has no registry").exception());
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
          prepared.written().map(WrittenAnswers::settings),
          registry.flatMap(followed -> followed.served(name)));
    } catch (InvalidInputException e) {
      // Its pack is there, and broken or of another model; why names folders, for the log alone.
      LOG.warn("The pack of task '{}' cannot be loaded: {}", name, e.getMessage());
      throw Results.unavailable().exception();
    }
  }

  @Override
  public Asked ask(Question question, Instant deadline) {
    return request(question)
        .map(request -> asked(submit(List.of(request), deadline).get(0)))
        .orElseGet(BatchedServing::unavailable);
  }

  private List<CompletableFuture<Outcome>> submit(List<Request> requests, Instant deadline) {
    return batcher.submitTogether(requests, left(deadline), QuestionSpans.ofCurrent());
  }

  private static Asked unavailable() {
    Result failed = new Result.Failed(Results.unavailable());
    return new Asked(CompletableFuture.completedFuture(failed), () -> {});
  }

  private static Duration left(Instant deadline) {
    return Duration.between(Instant.now(), deadline);
  }

  private static Asked asked(CompletableFuture<Outcome> outcome) {
    return new Asked(outcome.thenApply(Results::of), () -> outcome.cancel(false));
  }

  /** What is asked of several tasks goes to the model together, so that they share its layers. */
  @Override
  public List<Result> answer(List<Question> questions, Instant deadline) {
    Map<Map<String, Object>, List<Integer>> byInput = new LinkedHashMap<>();
    for (int i = 0; i < questions.size(); i++) {
      byInput.computeIfAbsent(questions.get(i).values(), key -> new ArrayList<>()).add(i);
    }
    Asked[] asked = new Asked[questions.size()];
    for (List<Integer> together : byInput.values()) {
      Map<Integer, Request> requests = new LinkedHashMap<>();
      for (int i : together) {
        request(questions.get(i))
            .ifPresentOrElse(each -> requests.put(i, each), () -> asked[i] = unavailable());
      }
      Iterator<CompletableFuture<Outcome>> outcomes =
          submit(List.copyOf(requests.values()), deadline).iterator();
      requests.keySet().forEach(i -> asked[i] = asked(outcomes.next()));
    }
    return Arrays.stream(asked).map(each -> each.result().join()).toList();
  }

  /** What the predictor is asked; empty if the task's pack cannot be loaded. */
  private Optional<Request> request(Question question) {
    Map<String, Object> values = question.values();
    try {
      if (PlainTexts.areNamed(values) && has(question.task())) {
        TaskInputs inputs = predictor.task(question.task()).inputs();
        Optional<String[]> tooMany = PlainTexts.tooMany(inputs, values);
        if (tooMany.isPresent()) {
          return Optional.of(Request.of(question.task(), tooMany.get()));
        }
        values = PlainTexts.named(inputs, values);
      }
    } catch (InvalidInputException e) {
      LOG.warn("The pack of task '{}' cannot be loaded: {}", question.task(), e.getMessage());
      return Optional.empty();
    }
    return Optional.of(Request.of(question.task(), values).written(question.writing()));
  }

  /** Answers what was accepted, and no more. */
  @Override
  public void close() {
    batcher.close();
  }
}
