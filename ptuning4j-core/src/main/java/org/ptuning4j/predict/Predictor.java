package org.ptuning4j.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.data.Batching.TokenBudget;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.prompt.DeepPrompt;
import org.ptuning4j.prompt.MixedPrompts;
import org.ptuning4j.task.SequenceClassificationTask;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.Precision;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.text.Encoding;
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

  /** Tokens of one batch. */
  private static final TokenBudget BATCH = new TokenBudget(4096);

  private final ModelFolder folder;
  private final BackboneFamilies families;
  private final Engine engine;
  private final TextTokenizer tokenizer;
  private final Map<String, ServedTask> tasks = new LinkedHashMap<>();
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private Backbone shared; // loaded with the first pack that needs it
  private boolean closed;

  private Predictor(
      ModelFolder folder, BackboneFamilies families, Engine engine, TextTokenizer tokenizer) {
    this.folder = folder;
    this.families = families;
    this.engine = engine;
    this.tokenizer = tokenizer;
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
    return open(model, precision, BackboneFamilies.standard());
  }

  /** The same with families of the caller's. */
  public static Predictor open(Path model, Precision precision, BackboneFamilies families) {
    ModelFolder folder = ModelFolder.open(model);
    families.of(folder);
    return new Predictor(folder, families, Engine.open(precision), TextTokenizer.open(model));
  }

  /**
   * Adds a pack under a name; one of that name is replaced.
   *
   * @throws InvalidInputException if it is no pack, or one of another backbone
   */
  public void add(String name, Path packFolder) {
    Pack pack = Pack.open(packFolder);
    lock.writeLock().lock();
    try {
      requireOpen();
      ServedTask earlier = tasks.put(name, load(name, pack));
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
    Optional<DeepPrompt> prompt = Optional.empty();
    try {
      pack.requireBackbone(backbone, folder.name());
      prompt = pack.prompt(backbone);
      return new ServedTask(name, pack, pack.task(), backbone, own, prompt, pack.head(backbone));
    } catch (RuntimeException e) {
      prompt.ifPresent(DeepPrompt::close);
      if (own) {
        backbone.close();
      }
      throw e;
    }
  }

  private Backbone shared() {
    if (shared == null) {
      shared = families.load(folder, engine);
    }
    return shared;
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
   * What a task is: its templates, labels and metrics.
   *
   * @throws InvalidInputException if there is no such task
   */
  public SequenceClassificationTask task(String name) {
    lock.readLock().lock();
    try {
      return served(name).task();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Answers one query. */
  public Prediction predict(Query query) {
    return predict(List.of(query)).get(0);
  }

  /**
   * Answers queries, of the same task or of several, batched by length.
   *
   * @return one prediction a query, in the queries' order
   * @throws InvalidInputException if a task is not known, or a query lacks a text that its task
   *     needs
   */
  public List<Prediction> predict(List<Query> queries) {
    lock.readLock().lock();
    try {
      requireOpen();
      List<ServedTask> owners = new ArrayList<>();
      List<Encoding> encodings = new ArrayList<>();
      for (Query query : queries) {
        ServedTask task = served(query.task());
        owners.add(task);
        encodings.add(encode(task.task(), query));
      }
      Prediction[] predictions = new Prediction[queries.size()];
      byBackbone(owners)
          .forEach((backbone, rows) -> predict(backbone, rows, owners, encodings, predictions));
      return Arrays.asList(predictions);
    } finally {
      lock.readLock().unlock();
    }
  }

  private Encoding encode(SequenceClassificationTask task, Query query) {
    if (task.hasPair() && query.pair() == null) {
      throw InvalidInputException.of(
          "pair: task '%s' compares two texts, and the query has only one", query.task());
    }
    if (!task.hasPair() && query.pair() != null) {
      throw InvalidInputException.of(
          "pair: task '%s' takes one text, and the query has two", query.task());
    }
    return tokenizer.encode(query.text(), query.pair(), task.truncation());
  }

  private static IdentityHashMap<Backbone, List<Integer>> byBackbone(List<ServedTask> owners) {
    IdentityHashMap<Backbone, List<Integer>> rows = new IdentityHashMap<>();
    for (int row = 0; row < owners.size(); row++) {
      rows.computeIfAbsent(owners.get(row).backbone(), key -> new ArrayList<>()).add(row);
    }
    return rows;
  }

  private void predict(
      Backbone backbone,
      List<Integer> rows,
      List<ServedTask> owners,
      List<Encoding> encodings,
      Prediction[] predictions) {
    int[] lengths = rows.stream().mapToInt(row -> encodings.get(row).length()).toArray();
    for (int[] batch : BATCH.planSequential(lengths)) {
      List<Integer> batchRows = Arrays.stream(batch).mapToObj(rows::get).toList();
      Autograd.inference(
          () ->
              Scope.run(
                  () -> {
                    predictBatch(backbone, batchRows, owners, encodings, predictions);
                    return null;
                  }));
    }
  }

  /** One batch, whose rows may belong to different tasks. */
  private void predictBatch(
      Backbone backbone,
      List<Integer> rows,
      List<ServedTask> owners,
      List<Encoding> encodings,
      Prediction[] predictions) {
    TokenBatch tokens =
        TokenBatch.of(
            rows.stream().map(row -> encodings.get(row).ids()).toList(),
            rows.stream().map(row -> encodings.get(row).typeIds()).toList(),
            tokenizer.padId());
    Injection injection =
        new MixedPrompts(backbone.spec(), engine)
            .inject(rows.stream().map(row -> owners.get(row).prompt()).toList());
    BackboneOutput output =
        backbone.forward(tokens, injection, ForwardOptions.evaluation(Positions.FIRST));
    IdentityHashMap<ServedTask, List<Integer>> positions = new IdentityHashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      positions.computeIfAbsent(owners.get(rows.get(i)), key -> new ArrayList<>()).add(i);
    }
    positions.forEach(
        (task, own) -> {
          float[] probabilities = probabilities(task, output, own);
          int labels = task.task().labels().size();
          for (int i = 0; i < own.size(); i++) {
            predictions[rows.get(own.get(i))] =
                prediction(task, Arrays.copyOfRange(probabilities, i * labels, (i + 1) * labels));
          }
        });
  }

  /** A head's probabilities for its rows of a batch, row-major. */
  private float[] probabilities(ServedTask task, BackboneOutput output, List<Integer> rows) {
    long[] index = rows.stream().mapToLong(Integer::longValue).toArray();
    Tensor own =
        output
            .lastHidden()
            .index_select(0, engine.place(Tensors.of(index, index.length), Dtype.I64));
    Tensor logits =
        task.head().logits(task.backbone(), new BackboneOutput(own, List.of()), Dropout.off());
    return Tensors.floats(torch.softmax(logits, -1));
  }

  private static Prediction prediction(ServedTask served, float[] probabilities) {
    SequenceClassificationTask task = served.task();
    Map<String, Double> byLabel = new LinkedHashMap<>();
    int best = 0;
    for (int i = 0; i < probabilities.length; i++) {
      byLabel.put(task.labels().get(i), (double) probabilities[i]);
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    String label = task.labels().get(best);
    return new Prediction(served.name(), label, task.labelName(label), byLabel);
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
