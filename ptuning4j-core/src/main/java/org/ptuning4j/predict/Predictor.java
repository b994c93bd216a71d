package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Answers requests to many tasks over one backbone in memory. Requests to different tasks may share
 * a batch: each row carries its own prompt, and is read by its own head. Thread-safe; tasks may be
 * added, replaced and removed while others are asked, and neither waits for the other.
 *
 * <pre>{@code
 * try (Predictor predictor = Predictor.open(model)) {
 *   predictor.add("reviews", Path.of("runs/reviews/pack"));
 *   Answer answer = predictor.answer(Request.of("reviews", "A delight from start to finish."));
 * }
 * }</pre>
 */
public final class Predictor implements AutoCloseable {

  /** So many names of tasks are listed in a message at most. */
  private static final int LISTED = 20;

  private final ServedModel model;
  private final LoadedTasks tasks = new LoadedTasks();
  private final AtomicBoolean closed = new AtomicBoolean();

  private Predictor(ServedModel model) {
    this.model = model;
  }

  /**
   * A predictor over a backbone, without tasks yet, in the machine's best precision.
   *
   * @param model a folder with config.json, weights and tokenizer
   */
  public static Predictor open(Path model) {
    return open(model, Precision.AUTO);
  }

  /** The same in a given precision. */
  public static Predictor open(Path model, Precision precision) {
    return open(model, precision, BackboneFamilies.installed());
  }

  /** The same with families of the caller's. */
  public static Predictor open(Path model, Precision precision, BackboneFamilies families) {
    return open(model, precision, families, Pack.Kinds.installed());
  }

  /** The same with kinds of tasks and heads of the caller's. */
  public static Predictor open(
      Path model, Precision precision, BackboneFamilies families, Pack.Kinds kinds) {
    ModelFolder folder = ModelFolder.open(model);
    families.of(folder);
    return new Predictor(new ServedModel(folder, families, Engine.open(precision), kinds));
  }

  /**
   * Adds a pack under a name; one of that name is replaced. The pack is loaded and checked beside
   * the others, which go on answering meanwhile, and takes its place when it is ready. Requests
   * that are under way are answered by the pack that they began with.
   *
   * @throws InvalidInputException if it is no pack, or one of another backbone; an earlier pack of
   *     that name stays
   */
  public void add(String name, Path packFolder) {
    tasks.put(() -> model.load(name, packFolder));
  }

  /**
   * Adds a task that the model answers as it is, without a pack, such as texts that its own
   * language model writes.
   *
   * @throws InvalidInputException if the task's head would have to be trained, or the model lacks
   *     what it reads
   */
  public void addUntrained(String name, Task<?> task) {
    tasks.put(() -> model.untrained(name, task));
  }

  /**
   * Removes a task; nothing happens if there is none of that name. Requests that are under way are
   * still answered.
   */
  public void remove(String name) {
    tasks.remove(name);
  }

  /** The names of the tasks, in the order in which they were added. */
  public List<String> tasks() {
    return tasks.names();
  }

  /**
   * What is odd about the model, a sentence each: where its files contradict each other, what of
   * its weights is left out. Of the weights only if a pack uses them; full fine-tuning has its own.
   */
  public List<String> remarks() {
    return model.remarks();
  }

  /**
   * What a task is.
   *
   * @throws InvalidInputException if there is no such task
   */
  public Task<?> task(String name) {
    return prepared(name).task();
  }

  /**
   * A task as its pack answers it.
   *
   * @throws InvalidInputException if there is no such task
   */
  public PreparedTask<?> prepared(String name) {
    try (Lease lease = lease(name)) {
      return lease.task().task();
    }
  }

  /**
   * Another task, put to the model as a pack's task is, so that it reads and scores what the pack
   * answers: such as AX-b for a pack of RTE.
   *
   * @param name the pack's name
   * @throws InvalidInputException if there is no such pack, or it cannot answer the task
   */
  public <E extends Example> PreparedTask<E> alike(String name, Task<E> other) {
    return task(name).putAlike(other).prepare(Preparation.complete(model.tokenizer()));
  }

  /**
   * Makes sure that the words of a template spell no special token of the model.
   *
   * @throws InvalidInputException naming the token
   */
  public void requireNoSpecialTokens(Template template) {
    template.requireNoSpecialTokens(model.tokenizer());
  }

  /**
   * Answers one request.
   *
   * @throws InvalidInputException if the task is not known, or the request cannot be answered
   */
  public Answer answer(Request request) {
    return answer(List.of(request)).get(0).orElseThrow();
  }

  /**
   * Answers requests to any tasks, batched by length; requests to different tasks share batches. A
   * request that cannot be answered leaves the others alone, whatever is wrong with it: a task that
   * is not known, an input that its task does not take, a token that the model does not know.
   *
   * @return one outcome a request, in the requests' order
   */
  public List<Outcome> answer(List<Request> requests) {
    tasks.requireOpen();
    Map<String, Optional<Lease>> leases = new LinkedHashMap<>();
    try {
      requests.forEach(each -> leases.computeIfAbsent(each.task(), tasks::lease));
      Map<Integer, Pending> known = new LinkedHashMap<>();
      for (int i = 0; i < requests.size(); i++) {
        Request request = requests.get(i);
        Optional<Lease> lease = leases.get(request.task());
        if (lease.isPresent()) {
          known.put(i, new Pending(lease.get().task(), request));
        }
      }
      new Answering(model).answer(known);
      return outcomes(requests, known);
    } finally {
      leases.values().forEach(lease -> lease.ifPresent(Lease::close));
    }
  }

  private List<Outcome> outcomes(List<Request> requests, Map<Integer, Pending> known) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      outcomes.add(
          known.containsKey(i)
              ? known.get(i).outcome()
              : new Outcome.Failed(Problem.UNKNOWN_TASK, unknown(requests.get(i).task())));
    }
    return outcomes;
  }

  /**
   * Compares answers with what is right, as their task does.
   *
   * @param examples labelled, of the task's own kind
   * @param answers one an example
   */
  public Scores score(String name, List<? extends Example> examples, List<Answer> answers) {
    try (Lease lease = lease(name)) {
      return lease.task().score(examples, answers);
    }
  }

  private Lease lease(String name) {
    return tasks.lease(name).orElseThrow(() -> unknown(name));
  }

  private InvalidInputException unknown(String name) {
    List<String> names = tasks.names();
    if (names.size() > LISTED) {
      return InvalidInputException.of(
          "task: no pack is loaded under '%s'%s; %d are loaded",
          name,
          Spelling.closest(name, names).map(near -> "; is it '%s'?".formatted(near)).orElse(""),
          names.size());
    }
    return InvalidInputException.of(
        "task: no pack is loaded under '%s'; loaded are: %s",
        name, names.isEmpty() ? "none" : String.join(", ", names));
  }

  /** Waits until what is under way is answered, and closes all. Twice is once. */
  @Override
  public void close() {
    tasks.close();
    if (closed.compareAndSet(false, true)) {
      model.close();
    }
  }
}
