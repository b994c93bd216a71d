package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** Many tasks over one model: each as if it were alone, from many threads, while others change. */
class PredictorTest {

  private static final List<String> TEXTS =
      List.of(
          "the quick brown fox jumps over the lazy dog",
          "pizza",
          "the capital in France",
          "a dog jumps over a fox in the capital over the lazy brown pizza and a quick dog in"
              + " France",
          "lazy");

  private static final int ROUNDS = 15;

  @TempDir static Path temp;

  private Predictor predictor;

  @BeforeAll
  static void save() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      TestPacks packs = new TestPacks(backbone);
      packs.save(temp.resolve("short"), Form.ofLength(3), 1);
      packs.save(
          temp.resolve("long"),
          new Form(11, "top:1", PositionConvention.UNSHIFTED, SequenceInput.FIRST_TOKEN, 3, false),
          2);
      packs.save(
          temp.resolve("pairs"),
          new Form(5, "1,3", PositionConvention.SHIFTED, SequenceInput.DENSE, 2, true),
          3);
      packs.save(
          temp.resolve("head"),
          new Form(0, "all", PositionConvention.SHIFTED, SequenceInput.POOLER, 4, false),
          4);
      packs.saveFineTuned(temp.resolve("tuned"), TinyModel.bert(), 5);
    }
    try (Backbone other =
        BackboneFamilies.standard()
            .load(ModelFolder.open(TinyModel.folder("roberta")), Engine.reference())) {
      new TestPacks(other).save(temp.resolve("foreign"), Form.ofLength(3), 6);
    }
  }

  @BeforeEach
  void open() {
    predictor = withAll();
  }

  @AfterEach
  void close() {
    predictor.close();
  }

  private static Predictor withAll() {
    Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32);
    for (String name : List.of("short", "long", "pairs", "head", "tuned")) {
      predictor.add(name, temp.resolve(name));
    }
    return predictor;
  }

  private static List<Query> queries() {
    List<Query> queries = new ArrayList<>();
    for (int i = 0; i < TEXTS.size(); i++) {
      for (String task : List.of("tuned", "short", "head", "long", "short")) {
        queries.add(Query.of(task, TEXTS.get(i)));
      }
      queries.add(new Query("pairs", TEXTS.get(i), TEXTS.get(TEXTS.size() - 1 - i)));
    }
    return queries;
  }

  @Test
  void mixedTasksEqualEachAlone() {
    List<Query> queries = queries();
    List<Prediction> together = predictor.predict(queries);
    assertThat(together).hasSameSizeAs(queries);
    for (int i = 0; i < queries.size(); i++) {
      Query query = queries.get(i);
      try (Predictor alone = Predictor.open(TinyModel.bert(), Precision.FP32)) {
        alone.add(query.task(), temp.resolve(query.task()));
        assertClose(together.get(i), alone.predict(query));
      }
    }
  }

  /** Else the comparison above would compare nothing. */
  @Test
  void tasksAndTextsDiffer() {
    List<Prediction> predictions = predictor.predict(queries());
    assertThat(predictions.stream().map(PredictorTest::rounded).distinct().count())
        .isEqualTo(5 * 5); // "short" is asked twice
    assertThat(predictions.stream().map(Prediction::task).distinct())
        .containsExactlyInAnyOrder("short", "long", "pairs", "head", "tuned");
  }

  private static List<Long> rounded(Prediction prediction) {
    return prediction.probabilities().values().stream().map(p -> Math.round(p * 1e4)).toList();
  }

  @Test
  void sayWhatTheTasksSay() {
    Prediction three = predictor.predict(Query.of("long", "pizza"));
    assertThat(three.task()).isEqualTo("long");
    assertThat(three.probabilities().keySet()).containsExactly("label-0", "label-1", "label-2");
    assertThat(three.probabilities().values().stream().mapToDouble(d -> d).sum())
        .isCloseTo(1, within(1e-5));
    assertThat(three.probability())
        .isEqualTo(three.probabilities().values().stream().mapToDouble(d -> d).max().orElse(0));
    assertThat(((SequenceClassificationTask) predictor.task("head")).labels()).hasSize(4);
    assertThat(predictor.tasks()).containsExactly("short", "long", "pairs", "head", "tuned");
  }

  /** Of the labels, one has a name; a text of each kind is among these. */
  @Test
  void labelsAreCalledByTheirNames() {
    Set<String> names = new TreeSet<>();
    for (String text : TEXTS) {
      Prediction prediction = predictor.predict(Query.of("long", text));
      names.add(prediction.label() + " is " + prediction.name());
    }
    assertThat(names).contains("label-0 is nought").hasSizeGreaterThan(1);
    assertThat(names).isSubsetOf("label-0 is nought", "label-1 is label-1", "label-2 is label-2");
  }

  @Test
  void noQueriesGiveNoPredictions() {
    assertThat(predictor.predict(List.of())).isEmpty();
  }

  @Test
  void unknownTasksAreNamedWithThoseThatThereAre() {
    assertThatThrownBy(
            () -> predictor.predict(List.of(Query.of("short", "a"), Query.of("sort", "a"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'sort'")
        .hasMessageContaining("short, long, pairs, head, tuned");
    assertThatThrownBy(() -> predictor.task("sort"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'sort'");
    try (Predictor empty = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      assertThatThrownBy(() -> empty.predict(Query.of("short", "a")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void aPairIsAskedForWhereTheTaskComparesTwoTextsOnly() {
    assertThatThrownBy(() -> predictor.predict(Query.of("pairs", "a")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task 'pairs': it takes two texts");
    assertThatThrownBy(() -> predictor.predict(new Query("short", "a", "b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task 'short': it takes one text");
  }

  @Test
  void textsThatAreHardToReadAreRead() {
    List<Query> queries = new ArrayList<>();
    for (String text : List.of("", " ", "\u0000", "\uD83D\uDE00", "\uD83D", "a ".repeat(5000))) {
      queries.add(Query.of("short", text));
      queries.add(Query.of("long", text));
    }
    List<Prediction> together = predictor.predict(queries);
    assertThat(together).hasSameSizeAs(queries);
    for (int i = 0; i < queries.size(); i++) {
      Prediction alone = predictor.predict(queries.get(i));
      assertThat(together.get(i).task()).isEqualTo(queries.get(i).task());
      assertThat(together.get(i).label()).isEqualTo(alone.label());
      assertThat(together.get(i).probability()).isCloseTo(alone.probability(), within(1e-4));
    }
  }

  @Test
  void removedTasksAreGoneAndTheOthersStay() {
    Prediction before = predictor.predict(Query.of("long", "pizza"));
    predictor.remove("short");
    predictor.remove("tuned");
    predictor.remove("never there");
    assertThat(predictor.tasks()).containsExactly("long", "pairs", "head");
    assertThatThrownBy(() -> predictor.predict(Query.of("short", "a")))
        .isInstanceOf(InvalidInputException.class);
    assertThat(predictor.predict(Query.of("long", "pizza"))).isEqualTo(before);
  }

  @Test
  void aTaskOfTheSameNameIsReplaced() {
    Prediction four = predictor.predict(Query.of("head", "pizza"));
    predictor.add("short", temp.resolve("head"));
    assertThat(predictor.predict(Query.of("short", "pizza")).probabilities())
        .isEqualTo(four.probabilities());
  }

  @Test
  void aPackThatIsRefusedLeavesTheOthersAlone() throws IOException {
    Prediction before = predictor.predict(Query.of("short", "pizza"));
    assertThatThrownBy(() -> predictor.add("short", temp.resolve("foreign")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("roberta")
        .hasMessageContaining("bert");
    assertThatThrownBy(() -> predictor.add("new", temp.resolve("nowhere")))
        .isInstanceOf(InvalidInputException.class);
    Path broken = Files.createDirectory(temp.resolve("broken"));
    Files.copy(temp.resolve("tuned/prompt.json"), broken.resolve("prompt.json"));
    assertThatThrownBy(() -> predictor.add("new", broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("prompt.safetensors");
    assertThat(predictor.tasks()).containsExactly("short", "long", "pairs", "head", "tuned");
    assertThat(predictor.predict(Query.of("short", "pizza"))).isEqualTo(before);
  }

  @Test
  void isUnusableAfterItWasClosed() {
    predictor.close();
    predictor.close(); // twice is once
    Query query = Query.of("short", "pizza");
    assertThatThrownBy(() -> predictor.predict(query)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.predict(List.of(query)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.add("short", temp.resolve("short")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.task("short")).isInstanceOf(IllegalStateException.class);
    assertThat(predictor.tasks()).isEmpty();
  }

  @Test
  void manyThreadsGetWhatOneGets() throws InterruptedException, ExecutionException {
    List<Query> queries = queries().stream().filter(query -> !query.task().equals("long")).toList();
    List<Prediction> expected = predictor.predict(queries);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Callable<Integer> work = () -> predictRepeatedly(queries, expected);
        running.add(threads.submit(work));
      }
      int changes = 0;
      while (running.stream().anyMatch(future -> !future.isDone())) {
        predictor.remove("long");
        predictor.add("long", temp.resolve("long"));
        predictor.add("tuned", temp.resolve("tuned"));
        changes++;
      }
      for (Future<Integer> each : running) {
        assertThat(each.get()).isEqualTo(ROUNDS);
      }
      assertThat(changes).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  private int predictRepeatedly(List<Query> queries, List<Prediction> expected) {
    int rounds = 0;
    for (; rounds < ROUNDS; rounds++) {
      List<Prediction> found = predictor.predict(queries);
      for (int i = 0; i < found.size(); i++) {
        assertClose(found.get(i), expected.get(i));
      }
      assertThat(predictor.tasks()).contains("short", "head", "tuned");
    }
    return rounds;
  }

  /** Closed in the midst of predictions: each either succeeds or says that it came too late. */
  @Test
  void canBeClosedWhileOthersPredict() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        running.add(
            threads.submit(
                () -> {
                  while (true) {
                    try {
                      predictor.predict(queries());
                    } catch (IllegalStateException e) {
                      return true;
                    }
                  }
                }));
      }
      predictor.predict(queries());
      predictor.close();
      for (Future<Boolean> each : running) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertClose(Prediction actual, Prediction expected) {
    assertThat(actual.task()).isEqualTo(expected.task());
    assertThat(actual.label()).isEqualTo(expected.label());
    assertThat(actual.probabilities().keySet())
        .containsExactlyElementsOf(expected.probabilities().keySet());
    expected
        .probabilities()
        .forEach(
            (label, probability) ->
                assertThat(actual.probabilities().get(label)).isCloseTo(probability, within(1e-5)));
  }
}
