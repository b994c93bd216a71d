package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
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

  private static LabelAnswer predict(Predictor predictor, Request request) {
    return predictor.answer(request).oneLabel().orElseThrow();
  }

  private static List<LabelAnswer> predict(Predictor predictor, List<Request> requests) {
    return predictor.answer(requests).stream()
        .map(outcome -> outcome.orElseThrow().oneLabel().orElseThrow())
        .toList();
  }

  private static List<Request> requests() {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < TEXTS.size(); i++) {
      for (String task : List.of("tuned", "short", "head", "long", "short")) {
        requests.add(Request.of(task, TEXTS.get(i)));
      }
      requests.add(Request.of("pairs", TEXTS.get(i), TEXTS.get(TEXTS.size() - 1 - i)));
    }
    return requests;
  }

  @Test
  void mixedTasksEqualEachAlone() {
    List<Request> requests = requests();
    List<LabelAnswer> together = predict(predictor, requests);
    assertThat(together).hasSameSizeAs(requests);
    for (int i = 0; i < requests.size(); i++) {
      Request request = requests.get(i);
      try (Predictor alone = Predictor.open(TinyModel.bert(), Precision.FP32)) {
        alone.add(request.task(), temp.resolve(request.task()));
        assertClose(together.get(i), predict(alone, request));
      }
    }
  }

  @Test
  void answersInInt8AreNearThoseInFp32AloneAndTogether() {
    List<Request> requests = requests();
    List<LabelAnswer> exact = predict(predictor, requests);
    try (Predictor small = Predictor.open(TinyModel.bert(), Precision.INT8)) {
      for (String name : predictor.tasks()) {
        small.add(name, temp.resolve(name));
      }
      List<LabelAnswer> together = predict(small, requests);
      for (int i = 0; i < requests.size(); i++) {
        LabelAnswer alone = predict(small, requests.get(i));
        for (String label : exact.get(i).probabilities().keySet()) {
          double wanted = exact.get(i).probabilities().get(label);
          assertThat(together.get(i).probabilities().get(label)).isCloseTo(wanted, within(0.05));
          assertThat(alone.probabilities().get(label))
              .isCloseTo(together.get(i).probabilities().get(label), within(0.02));
        }
      }
      assertThat(together).isNotEqualTo(exact);
      assertThat(small.remarks()).anyMatch(remark -> remark.contains("int8"));
    }
  }

  /** Else the comparison above would compare nothing. */
  @Test
  void tasksAndTextsDiffer() {
    List<LabelAnswer> predictions = predict(predictor, requests());
    assertThat(predictions.stream().map(PredictorTest::rounded).distinct().count())
        .isEqualTo(5 * 5); // "short" is asked twice
  }

  private static List<Long> rounded(LabelAnswer prediction) {
    return prediction.probabilities().values().stream().map(p -> Math.round(p * 1e4)).toList();
  }

  @Test
  void sayWhatTheTasksSay() {
    LabelAnswer three = predict(predictor, Request.of("long", "pizza"));
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
      LabelAnswer prediction = predict(predictor, Request.of("long", text));
      names.add(prediction.label() + " is " + prediction.name());
    }
    assertThat(names).contains("label-0 is nought").hasSizeGreaterThan(1);
    assertThat(names).isSubsetOf("label-0 is nought", "label-1 is label-1", "label-2 is label-2");
  }

  @Test
  void noQueriesGiveNoPredictions() {
    assertThat(predictor.answer(List.of())).isEmpty();
  }

  @Test
  void unknownTasksAreNamedWithThoseThatThereAre() {
    List<Outcome> outcomes =
        predictor.answer(
            List.of(Request.of("short", "a"), Request.of("sort", "a"), Request.of("long", "a")));
    Outcome.Failed failed = outcomes.get(1).failure().orElseThrow();
    assertThat(failed.problem()).isEqualTo(Problem.UNKNOWN_TASK);
    assertThat(failed.reason()).contains("'sort'").contains("short, long, pairs, head, tuned");
    assertThat(List.of(outcomes.get(0), outcomes.get(2)))
        .isEqualTo(predictor.answer(List.of(Request.of("short", "a"), Request.of("long", "a"))));
    assertThatThrownBy(() -> predictor.answer(Request.of("sort", "a")))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> predictor.task("sort"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'sort'");
    try (Predictor empty = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      assertThatThrownBy(() -> empty.answer(Request.of("short", "a")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("none");
    }
  }

  @Test
  void aPairIsAskedForWhereTheTaskComparesTwoTextsOnly() {
    assertThatThrownBy(() -> predict(predictor, Request.of("pairs", "a")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task 'pairs': it takes two texts");
    assertThatThrownBy(() -> predict(predictor, Request.of("short", "a", "b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("task 'short': it takes one text");
  }

  @Test
  void namedValuesAndReadyExamplesAreAskedAsTextsAre() {
    Answer texts = predictor.answer(Request.of("pairs", "pizza", "a dog"));
    assertThat(predictor.answer(Request.of("pairs", Map.of("text", "pizza", "pair", "a dog"))))
        .isEqualTo(texts);
    assertThat(predictor.answer(Request.of("pairs", Map.of("text", "pizza", "other", "a dog"))))
        .isEqualTo(texts);
    assertThat(predictor.answer(Request.of("pairs", new TextExample(1, "pizza", "a dog", null))))
        .isEqualTo(texts);
    assertThat(predictor.answer(Request.of("pairs", "a dog", "pizza"))).isNotEqualTo(texts);
  }

  /** Among good ones, which are answered as if they were alone. */
  @Test
  void eachBadRequestFailsAloneAndSaysWhy() {
    List<Request> good = List.of(Request.of("short", "pizza"), Request.of("short", "pizza"));
    List<Outcome> outcomes =
        predictor.answer(
            List.of(
                Request.of("short", "pizza"),
                Request.of("nowhere", "pizza"),
                Request.of("pairs", "pizza"),
                Request.of("pairs", Map.of("text", "pizza")),
                Request.of("short", Map.of("text", List.of(1))),
                Request.of("short", "pizza")));
    assertThat(outcomes.stream().map(each -> each.failure().map(Outcome.Failed::problem)))
        .containsExactly(
            Optional.empty(),
            Optional.of(Problem.UNKNOWN_TASK),
            Optional.of(Problem.UNUSABLE_INPUT),
            Optional.of(Problem.UNUSABLE_INPUT),
            Optional.of(Problem.UNUSABLE_INPUT),
            Optional.empty());
    assertThat(List.of(outcomes.get(0), outcomes.get(5))).isEqualTo(predictor.answer(good));
    assertThat(outcomes.get(3).failure().orElseThrow().reason())
        .isEqualTo("task 'pairs': 'pair' is missing; it takes: text, pair");
    assertThatThrownBy(() -> Request.of(" ", "pizza")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void textsThatAreHardToReadAreRead() {
    List<Request> requests = new ArrayList<>();
    for (String text : List.of("\u0001x", "\uD83D\uDE00", "\uD83D", "a ".repeat(5000))) {
      requests.add(Request.of("short", text));
      requests.add(Request.of("long", text));
    }
    List<LabelAnswer> together = predict(predictor, requests);
    assertThat(together).hasSameSizeAs(requests);
    for (int i = 0; i < requests.size(); i++) {
      LabelAnswer alone = predict(predictor, requests.get(i));
      assertThat(together.get(i).label()).isEqualTo(alone.label());
      assertThat(together.get(i).probability()).isCloseTo(alone.probability(), within(1e-4));
    }
  }

  /** As the command and the server do, and for rows of files. */
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u200b"})
  void textsThatShowNothingAreRefused(String text) {
    assertThatThrownBy(() -> predict(predictor, Request.of("short", text)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'text'");
  }

  @Test
  void removedTasksAreGoneAndTheOthersStay() {
    LabelAnswer before = predict(predictor, Request.of("long", "pizza"));
    predictor.remove("short");
    predictor.remove("tuned");
    predictor.remove("never there");
    assertThat(predictor.tasks()).containsExactly("long", "pairs", "head");
    assertThatThrownBy(() -> predict(predictor, Request.of("short", "a")))
        .isInstanceOf(InvalidInputException.class);
    assertThat(predict(predictor, Request.of("long", "pizza"))).isEqualTo(before);
  }

  @Test
  void aTaskOfTheSameNameIsReplaced() {
    LabelAnswer four = predict(predictor, Request.of("head", "pizza"));
    predictor.add("short", temp.resolve("head"));
    assertThat(predict(predictor, Request.of("short", "pizza")).probabilities())
        .isEqualTo(four.probabilities());
  }

  @Test
  void aPackThatIsRefusedLeavesTheOthersAlone() throws IOException {
    LabelAnswer before = predict(predictor, Request.of("short", "pizza"));
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
    assertThat(predict(predictor, Request.of("short", "pizza"))).isEqualTo(before);
  }

  @Test
  void isUnusableAfterItWasClosed() {
    predictor.close();
    predictor.close(); // twice is once
    Request request = Request.of("short", "pizza");
    assertThatThrownBy(() -> predictor.answer(request)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.answer(List.of(request)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.add("short", temp.resolve("short")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> predictor.task("short")).isInstanceOf(IllegalStateException.class);
    assertThat(predictor.tasks()).isEmpty();
  }

  @Test
  void manyThreadsGetWhatOneGets() throws InterruptedException, ExecutionException {
    List<Request> requests =
        requests().stream().filter(request -> !request.task().equals("long")).toList();
    List<LabelAnswer> expected = predict(predictor, requests);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Callable<Integer> work = () -> predictRepeatedly(requests, expected);
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

  private int predictRepeatedly(List<Request> requests, List<LabelAnswer> expected) {
    int rounds = 0;
    for (; rounds < ROUNDS; rounds++) {
      List<LabelAnswer> found = predict(predictor, requests);
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
                      predict(predictor, requests());
                    } catch (IllegalStateException e) {
                      return true;
                    }
                  }
                }));
      }
      predict(predictor, requests());
      predictor.close();
      for (Future<Boolean> each : running) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void assertClose(LabelAnswer actual, LabelAnswer expected) {
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
