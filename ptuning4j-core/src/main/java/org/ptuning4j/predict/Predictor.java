package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.generate.EndTokens;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.head.HeadOptions;
import org.ptuning4j.head.HeadSpec;
import org.ptuning4j.head.SoftPrefix;
import org.ptuning4j.model.ModelCheck;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.PreparedTask;
import org.ptuning4j.task.Scores;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

/**
 * Answers queries of many tasks over one backbone in memory. Queries of different tasks may share a
 * batch: each row carries its own prompt, and is read by its own head. Thread-safe; tasks may be
 * added and removed while others predict.
 *
 * <pre>{@code
 * try (Predictor predictor = Predictor.open(model)) {
 *   predictor.add("reviews", Path.of("runs/reviews/pack"));
 *   Prediction prediction = predictor.predict(Query.of("reviews", "A delight from start to finish."));
 * }
 * }</pre>
 */
public final class Predictor implements AutoCloseable {

  private final ModelFolder folder;
  private final BackboneFamilies families;
  private final Engine engine;
  private final TextTokenizer tokenizer;
  private final Pack.Kinds kinds;
  private final Map<String, ServedTask> tasks = new LinkedHashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Object loading = new Object(); // held while a pack is loaded; taken before the lock
  private Backbone shared; // loaded with the first pack that needs it, under loading
  private volatile boolean closed;

  private Predictor(
      ModelFolder folder,
      BackboneFamilies families,
      Engine engine,
      TextTokenizer tokenizer,
      Pack.Kinds kinds) {
    this.folder = folder;
    this.families = families;
    this.engine = engine;
    this.tokenizer = tokenizer;
    this.kinds = kinds;
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
    return new Predictor(
        folder, families, Engine.open(precision), TextTokenizer.open(model), kinds);
  }

  /**
   * Adds a pack under a name; one of that name is replaced. The pack is loaded beside the others,
   * which go on answering meanwhile, and takes its place when it is ready.
   *
   * @throws InvalidInputException if it is no pack, or one of another backbone
   */
  public void add(String name, Path packFolder) {
    requireOpen();
    Pack pack = Pack.open(packFolder, kinds);
    synchronized (loading) {
      requireOpen();
      replace(name, load(name, pack));
    }
  }

  /**
   * Adds a task that the model answers as it is, without a pack, such as texts that its own
   * language model writes.
   *
   * @throws InvalidInputException if the task's head would have to be trained, or the model lacks
   *     what it reads
   */
  public void addUntrained(String name, Task<?> task) {
    requireOpen();
    synchronized (loading) {
      requireOpen();
      Backbone backbone = shared();
      PreparedTask<?> prepared = task.prepare(Preparation.complete(tokenizer));
      HeadSpec head = prepared.head(new HeadOptions(backbone.spec(), Optional.empty(), 0));
      if (head.parameterCount(backbone.spec()) > 0) {
        throw InvalidInputException.of(
            "task: '%s' needs a head of kind %s, which has to be trained; give a pack of it",
            task.name(), head.kind());
      }
      head.requireFit(backbone.spec(), folder.name());
      int longest = Math.min(task.truncation().maxLength(), backbone.spec().maxPositions());
      replace(
          name,
          new ServedTask(
              name,
              SoftPrefix.NONE,
              prepared,
              longest,
              backbone,
              false,
              Optional.empty(),
              head.create(backbone, RandomStream.of(0))));
    }
  }

  private void replace(String name, ServedTask added) {
    lock.writeLock().lock();
    try {
      ServedTask earlier = tasks.put(name, added);
      if (earlier != null) {
        earlier.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private ServedTask load(String name, Pack pack) {
    boolean own = pack.weights().isPresent();
    Backbone backbone =
        own ? families.load(folder.withWeights(pack.weights().get()), engine) : shared();
    Optional<TrainedPrompt> prompt = Optional.empty();
    try {
      pack.requireBackbone(backbone, folder.name());
      prompt = pack.prompt(backbone);
      return new ServedTask(
          name,
          pack.prefix(),
          pack.task(tokenizer),
          Math.min(
              pack.maxLength(),
              backbone.spec().maxPositions()
                  - prompt.map(TrainedPrompt::positionShift).orElse(0)
                  - pack.prefix().length()),
          backbone,
          own,
          prompt,
          pack.head(backbone));
    } catch (RuntimeException e) {
      prompt.ifPresent(TrainedPrompt::close);
      if (own) {
        backbone.close();
      }
      throw e;
    }
  }

  /** The backbone in common; the caller holds {@link #loading}. */
  private Backbone shared() {
    if (shared == null) {
      shared = families.load(folder, engine);
      SpareMemory.releaseAfterLoading(shared);
    }
    return shared;
  }

  /**
   * What is odd about the model, a sentence each: where its files contradict each other, what of
   * its weights is left out. Of the weights only if a pack uses them; full fine-tuning has its own.
   */
  public List<String> remarks() {
    ModelCheck check = new ModelCheck(folder, families);
    synchronized (loading) {
      return shared == null ? check.ofTokenizer(tokenizer) : check.remarks(tokenizer);
    }
  }

  /** Removes a task; nothing happens if there is none of that name. */
  public void remove(String name) {
    lock.writeLock().lock();
    try {
      ServedTask removed = tasks.remove(name);
      if (removed != null) {
        removed.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** The names of the tasks, in the order in which they were added. */
  public List<String> tasks() {
    lock.readLock().lock();
    try {
      return List.copyOf(tasks.keySet());
    } finally {
      lock.readLock().unlock();
    }
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
    lock.readLock().lock();
    try {
      return served(name).task();
    } finally {
      lock.readLock().unlock();
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
    return task(name).putAlike(other).prepare(Preparation.complete(tokenizer));
  }

  /**
   * Makes sure that the words of a template spell no special token of the model.
   *
   * @throws InvalidInputException naming the token
   */
  public void requireNoSpecialTokens(Template template) {
    template.requireNoSpecialTokens(tokenizer);
  }

  /** Answers one query. */
  public Prediction predict(Query query) {
    return predict(List.of(query)).get(0);
  }

  /**
   * Answers queries to tasks that give a text, or two, one of several labels; of the same task or
   * of several, batched by length.
   *
   * @return one prediction a query, in the queries' order
   * @throws InvalidInputException if a task is not known or of another kind, or a query lacks a
   *     text that its task needs
   */
  public List<Prediction> predict(List<Query> queries) {
    lock.readLock().lock();
    try {
      List<Outcome> outcomes = answer(queries.stream().map(this::readRequest).toList());
      List<Prediction> predictions = new ArrayList<>();
      for (int i = 0; i < outcomes.size(); i++) {
        predictions.add(prediction(queries.get(i).task(), outcomes.get(i).orElseThrow()));
      }
      return predictions;
    } finally {
      lock.readLock().unlock();
    }
  }

  private static Prediction prediction(String task, Answer said) {
    LabelAnswer answer =
        said.oneLabel()
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "task: '%s' does not answer with one of several labels; ask with"
                            + " Predictor.answer",
                        task));
    return new Prediction(task, answer.label(), answer.name(), answer.probabilities());
  }

  /**
   * A query as an example of its task.
   *
   * @throws InvalidInputException if the task is not known, or takes other than the query has
   */
  public Request request(Query query) {
    lock.readLock().lock();
    try {
      return readRequest(query);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Request readRequest(Query query) {
    Task<?> task = served(query.task()).task().task();
    try {
      return new Request(query.task(), task.ofTexts(1, query.texts()));
    } catch (UnusableRowException e) {
      throw new InvalidInputException("task '" + query.task() + "': " + e.getMessage(), e);
    }
  }

  /**
   * Answers one example.
   *
   * @throws InvalidInputException if the task is not known, or the example cannot be answered
   */
  public Answer answer(Request request) {
    return answer(List.of(request)).get(0).orElseThrow();
  }

  /**
   * Answers examples of any tasks, batched by length; examples of different tasks share batches. An
   * example that cannot be answered (one with a token that the model does not know, say) leaves the
   * others alone.
   *
   * @return one outcome a request, in the requests' order
   * @throws InvalidInputException if a task is not known
   */
  public List<Outcome> answer(List<Request> requests) {
    return answer(requests, WritingOptions.OF_THE_TASK);
  }

  /**
   * The same, where the model writes answers in another way than their task says.
   *
   * @param options how; of no meaning to answers that a head scores
   */
  public List<Outcome> answer(List<Request> requests, WritingOptions options) {
    lock.readLock().lock();
    try {
      requireOpen();
      List<Pending> all = requests.stream().map(r -> new Pending(served(r.task()), r)).toList();
      all.forEach(pending -> pending.encode(tokenizer));
      new RequestScorer(engine, tokenizer.padId()).score(all);
      write(all, options);
      return all.stream().map(Pending::outcome).toList();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Has the model write the answers of those requests whose tasks want that. */
  private void write(List<Pending> all, WritingOptions options) {
    Map<GenerationSettings, List<Integer>> bySettings = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).writing().isPresent()) {
        GenerationSettings settings = options.settings().apply(all.get(i).owner().settings());
        bySettings.computeIfAbsent(settings, key -> new ArrayList<>()).add(i);
      }
    }
    bySettings.forEach(
        (settings, numbers) ->
            new RequestWriter(
                    tokenizer, EndTokens.of(folder, tokenizer), settings, options.listener())
                .write(numbers, i -> all.get(i).writing().orElseThrow()));
  }

  /**
   * Compares answers with what is right, as their task does.
   *
   * @param examples labelled, of the task's own kind
   * @param answers one an example
   */
  public Scores score(String name, List<? extends Example> examples, List<Answer> answers) {
    lock.readLock().lock();
    try {
      return served(name).score(examples, answers);
    } finally {
      lock.readLock().unlock();
    }
  }

  private ServedTask served(String name) {
    requireOpen();
    ServedTask task = tasks.get(name);
    if (task == null) {
      throw InvalidInputException.of(
          "task: no pack is loaded under '%s'; loaded are: %s",
          name, tasks.isEmpty() ? "none" : String.join(", ", tasks.keySet()));
    }
    return task;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the predictor is closed");
    }
  }

  @Override
  public void close() {
    synchronized (loading) {
      lock.writeLock().lock();
      try {
        if (!closed) {
          closed = true;
          tasks.values().forEach(ServedTask::close);
          tasks.clear();
          tokenizer.close();
          if (shared != null) {
            shared.close();
          }
        }
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}
