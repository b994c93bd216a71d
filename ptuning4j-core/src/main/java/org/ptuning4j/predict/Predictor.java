package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.pack.PackFacts;
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
  private final PackSource source;
  private final ResidentTasks tasks;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Predictor(ServedModel model, PackSource source, long packBytes) {
    this.model = model;
    this.source = source;
    this.tasks =
        new ResidentTasks(
            name -> source.folder(name).map(folder -> model.load(name, folder)), packBytes);
  }

  /**
   * A predictor over a backbone, without tasks yet, in the machine's best precision.
   *
   * @param model a folder with config.json, weights and tokenizer
   */
  public static Predictor open(Path model) {
    return open(model, PredictorOptions.standard());
  }

  /** The same in a given precision. */
  public static Predictor open(Path model, Precision precision) {
    return open(model, PredictorOptions.standard().withPrecision(precision));
  }

  /** The same with settings of the caller's. */
  public static Predictor open(Path model, PredictorOptions options) {
    ModelFolder folder = ModelFolder.open(model);
    options.families().of(folder);
    Engine engine = Engine.open(options.precision()).forInference();
    return new Predictor(
        new ServedModel(folder, options.families(), engine, options.kinds()),
        options.source(),
        options.packBytes());
  }

  /**
   * Adds a pack under a name; one of that name is replaced. The pack is loaded and checked beside
   * the others, which go on answering meanwhile, and takes its place when it is ready. Requests
   * that are under way are answered by the pack that they began with. Where memory is limited, the
   * pack may be dropped and loaded again from the same folder.
   *
   * @throws InvalidInputException if it is no pack, or one of another backbone; an earlier pack of
   *     that name stays
   */
  public void add(String name, Path packFolder) {
    requireName(name);
    tasks.put(name, () -> model.load(name, packFolder));
  }

  /**
   * Adds a task that the model answers as it is, without a pack, such as texts that its own
   * language model writes.
   *
   * @throws InvalidInputException if the task's head would have to be trained, or the model lacks
   *     what it reads
   */
  public void addUntrained(String name, Task<?> task) {
    requireName(name);
    tasks.put(name, () -> model.untrained(name, task));
  }

  private static void requireName(String name) {
    if (name.isBlank() || name.equals(Request.ALL_TASKS)) {
      throw InvalidInputException.of("task: '%s' names no single task", name);
    }
  }

  /**
   * Removes a task; nothing happens if there is none of that name. Requests that are under way are
   * still answered. A pack that came from the source is asked of the source again.
   */
  public void remove(String name) {
    tasks.remove(name);
  }

  /**
   * The names of the tasks, those that were added first, in their order, and then those of the
   * source.
   */
  public List<String> tasks() {
    Set<String> names = new LinkedHashSet<>(tasks.names());
    names.addAll(source.names());
    return List.copyOf(names);
  }

  /** Which tasks are in memory, and what they take. */
  public Residency residency() {
    return tasks.residency();
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
    return description(name).task();
  }

  /**
   * What a task's pack says of itself, such as where it comes from and its metrics; empty of a task
   * that the model answers as it is.
   *
   * @throws InvalidInputException if there is no such task
   */
  public Optional<PackFacts> facts(String name) {
    return description(name).facts();
  }

  private Description description(String name) {
    return tasks.description(name).orElseThrow(() -> unknown(name));
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
    List<ReadRequest> all = new ArrayList<>();
    try {
      requests.forEach(each -> all.add(read(each)));
      return answerRead(all, BatchListener.NONE);
    } finally {
      all.forEach(ReadRequest::close);
    }
  }

  /**
   * Requests that ask several tasks about one thing. Where texts and positions allow it, the model
   * computes the layers below all prompts once; see {@link #sharedLayers}.
   *
   * @param names those of tasks, or {@link Request#ALL_TASKS}; none twice in the result
   * @return a request for each, in their order. A task that takes other inputs fails alone
   */
  public List<Request> requests(List<String> names, Input input) {
    return tasks(names).stream().map(name -> new Request(name, input)).toList();
  }

  private Set<String> tasks(List<String> names) {
    Set<String> chosen = new LinkedHashSet<>();
    for (String name : names) {
      chosen.addAll(name.equals(Request.ALL_TASKS) ? tasks() : List.of(name));
    }
    return chosen;
  }

  /**
   * What tasks have in common when they are asked about one text.
   *
   * @param names those of tasks, or {@link Request#ALL_TASKS}
   * @throws InvalidInputException if one is not known
   */
  public SharedLayers sharedLayers(List<String> names) {
    List<Lease> leases = new ArrayList<>();
    try {
      tasks(names).forEach(name -> leases.add(lease(name)));
      return SharedLayers.of(model.backbone(), leases.stream().map(Lease::task).toList());
    } finally {
      leases.forEach(Lease::close);
    }
  }

  /**
   * The first half of {@link #answer(List)}: finds a request's task, loads it if it is not in
   * memory, and makes tokens of the request. It needs no model, so that several threads may do it
   * while another computes.
   *
   * @return the request, which the caller closes; with its failure if it cannot be answered
   * @throws IllegalStateException if the predictor is closed
   */
  public ReadRequest read(Request request) {
    try {
      return tasks
          .lease(request.task())
          .map(lease -> ReadRequest.of(request, lease, model.tokenizer()))
          .orElseGet(() -> failed(request, Problem.UNKNOWN_TASK, unknown(request.task())));
    } catch (RuntimeException e) {
      tasks.requireOpen();
      return failed(request, Problem.UNAVAILABLE, e);
    }
  }

  private static ReadRequest failed(Request request, Problem problem, RuntimeException cause) {
    return ReadRequest.failed(request, new Outcome.Failed(problem, cause));
  }

  /**
   * The second half of {@link #answer(List)}: has the model answer requests that are read.
   *
   * @param requests not closed, and answered once
   * @param batches is told of each batch that is scored
   * @return one outcome a request, in their order
   */
  public List<Outcome> answerRead(List<ReadRequest> requests, BatchListener batches) {
    return new Answering(model, batches).answer(requests);
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
