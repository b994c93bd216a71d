package org.ptuning4j.predict.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.predict.Outcome;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Problem;
import org.ptuning4j.predict.ReadRequest;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.WritingOptions;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.generation.LikelihoodTask;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** Requests of many callers, answered together, are answered as each would be alone. */
class BatcherTest {

  private static final List<String> WORDS =
      List.of("the", "quick", "brown", "fox", "jumps", "over", "lazy", "dog", "pizza", "capital");

  private static final List<String> TASKS = List.of("short", "long", "pairs", "head", "tuned");

  @TempDir static Path temp;

  private static Predictor predictor;

  /** Who asks for {@code slow} waits here. */
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  private final Told told = new Told();
  private final ExecutorService threads = Executors.newFixedThreadPool(4);

  @BeforeAll
  static void open() {
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      TestPacks packs = new TestPacks(backbone);
      packs.save(temp.resolve("short"), Form.ofLength(3), 1);
      packs.save(temp.resolve("other"), Form.ofLength(3), 7);
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
    predictor =
        Predictor.open(
            TinyModel.bert(),
            PredictorOptions.standard()
                .withPrecision(Precision.FP32)
                .withSource(BatcherTest::slowly));
    TASKS.forEach(task -> predictor.add(task, temp.resolve(task)));
  }

  private static Optional<Path> slowly(String name) {
    if (!name.startsWith("slow")) {
      return Optional.empty();
    }
    try {
      assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Optional.of(temp.resolve("short"));
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  @BeforeEach
  void forget() {
    predictor.remove("slow");
    gate = new CountDownLatch(1);
  }

  @AfterEach
  void end() {
    gate.countDown();
    threads.shutdownNow();
  }

  /** A list that is asked directly is padded no more than what a batcher puts together. */
  @Test
  void aListHasLittlePadding() {
    List<ReadRequest> read = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String text = String.join(" ", Collections.nCopies(1 + i, "fox"));
      read.add(predictor.read(Request.of(i % 2 == 0 ? "short" : "long", text)));
    }
    List<String> uneven = new ArrayList<>();
    predictor.answerRead(
        read,
        (rows, tokens, places) -> {
          if (places / (double) rows > 36 && places > 1.5 * tokens) {
            uneven.add(rows + " rows, " + tokens + " of " + places);
          }
        });
    read.forEach(ReadRequest::close);
    assertThat(uneven).isEmpty();
  }

  /** The model is held in the middle of a text that it writes, and scores another meanwhile. */
  @Test
  void aTextThatIsWrittenDelaysNoScore() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    TextListener held =
        (request, sequence, text) -> {
          begun.countDown();
          awaitQuietly(go);
        };
    Path decoder = GoldenSet.folder().resolve("gpt2").resolve("model");
    try (Predictor writer = Predictor.open(decoder, Precision.FP32)) {
      writer.addUntrained("written", GenerationTask.plain());
      writer.addUntrained("scored", LikelihoodTask.languageModelling());
      try (Batcher batcher =
          Batcher.over(writer, BatcherSettings.standard(), BatcherListener.NONE)) {
        WritingOptions options = new WritingOptions(own -> own, held);
        CompletableFuture<Outcome> written =
            batcher.submit(Request.of("written", "the quick brown").written(options));
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        Outcome scored = batcher.submit(Request.of("scored", "the quick brown fox")).join();
        assertThat(scored.answer()).as(scored.toString()).isPresent();
        assertThat(written).isNotDone();
        go.countDown();
        assertThat(written.join().answer()).isPresent();
      } finally {
        go.countDown();
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the batcher said. */
  private static final class Told implements BatcherListener {

    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();
    private final AtomicLong places = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    @Override
    public void accepted(int waiting) {
      accepted.incrementAndGet();
    }

    @Override
    public void refused(Request request, Problem problem) {
      refused.incrementAndGet();
    }

    @Override
    public void computed(int batchRows, long batchTokens, long batchPlaces) {
      rows.addAndGet(batchRows);
      tokens.addAndGet(batchTokens);
      places.addAndGet(batchPlaces);
    }

    @Override
    public void batch(int requests, long took) {
      batches.incrementAndGet();
      taken.addAndGet(requests);
      throw new IllegalStateException("a listener that fails");
    }

    @Override
    public void answered(Request request, Outcome outcome, Stages stages) {
      answered.incrementAndGet();
      nanos.addAndGet(stages.total());
      if (problem(outcome).filter(Problem.CANCELLED::equals).isPresent()) {
        cancelled.incrementAndGet();
      }
    }
  }

  private static Optional<Problem> problem(Outcome outcome) {
    return outcome.failure().map(Outcome.Failed::problem);
  }

  private Batcher batcher(BatcherSettings settings) {
    return Batcher.over(predictor, settings, told);
  }

  private static String text(Random random) {
    int words = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 8);
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < words; i++) {
      chosen.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", chosen);
  }

  /** Different ones, good and bad. */
  private static List<Request> different(Random random) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      for (String task : List.of("short", "long", "head", "tuned")) {
        requests.add(Request.of(task, text(random)));
      }
      requests.add(Request.of("pairs", text(random), text(random)));
      if (i % 6 == 0) {
        requests.add(Request.of("pairs", text(random)));
        requests.add(Request.of("nowhere", text(random)));
        requests.add(Request.of("short", Map.of("txt", text(random))));
      }
    }
    return requests;
  }

  private static void assertSame(Outcome found, Outcome expected) {
    assertThat(problem(found)).isEqualTo(problem(expected));
    if (expected.answer().isPresent()) {
      Map<String, Double> now = label(found).probabilities();
      Map<String, Double> alone = label(expected).probabilities();
      assertThat(now.keySet()).containsExactlyElementsOf(alone.keySet());
      alone.forEach((label, p) -> assertThat(now.get(label)).isCloseTo(p, within(1e-5)));
    }
  }

  private static LabelAnswer label(Outcome outcome) {
    return outcome.orElseThrow().oneLabel().orElseThrow();
  }

  @Test
  void tenThousandMixedRequestsEqualEachAlone() throws Exception {
    List<Request> requests = different(new Random(1));
    List<Outcome> alone =
        requests.stream().map(each -> predictor.answer(List.of(each)).get(0)).toList();
    assertThat(
            alone.stream()
                .filter(each -> each.answer().isPresent())
                .map(each -> Math.round(1e5 * label(each).probability()))
                .distinct()
                .count())
        .as("answers that differ, else mixing them up would not be seen")
        .isGreaterThan(250);
    try (Batcher batcher = batcher(BatcherSettings.standard().withReaders(2).withTokens(600))) {
      List<Future<?>> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        long seed = caller;
        callers.add(threads.submit(() -> ask(batcher, requests, alone, new Random(seed))));
      }
      for (Future<?> caller : callers) {
        caller.get(300, TimeUnit.SECONDS);
      }
    }
    assertThat(told.accepted).hasValue(10_000);
    assertThat(told.answered).hasValue(10_000);
    assertThat(told.refused).hasValue(0);
    assertThat(told.taken.get()).isLessThan(10_000).isGreaterThan(8_000); // bad ones are not taken
    assertThat(told.batches.get()).isLessThan(told.taken.get() / 4);
    assertThat(told.rows.get()).isEqualTo(told.taken.get());
    assertThat(told.tokens.get()).isLessThanOrEqualTo(told.places.get()).isPositive();
    assertThat(told.nanos.get()).isPositive();
  }

  /** 2,500 of them, at most 100 at once. */
  private static void ask(
      Batcher batcher, List<Request> requests, List<Outcome> alone, Random random) {
    Map<CompletableFuture<Outcome>, Integer> asked = new HashMap<>();
    for (int i = 0; i < 2_500; i++) {
      int which = random.nextInt(requests.size());
      asked.put(batcher.submit(requests.get(which)), which);
      if (asked.size() == 100) {
        asked.forEach((answer, number) -> assertSame(answer.join(), alone.get(number)));
        asked.clear();
      }
    }
    asked.forEach((answer, number) -> assertSame(answer.join(), alone.get(number)));
  }

  @Test
  void whatIsTooMuchIsRefusedAtOnce() {
    try (Batcher batcher = batcher(BatcherSettings.standard().withCapacity(3).withReaders(1))) {
      List<CompletableFuture<Outcome>> accepted = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        accepted.add(batcher.submit(Request.of("slow", "pizza")));
      }
      CompletableFuture<Outcome> further = batcher.submit(Request.of("short", "pizza"));
      assertThat(further).isDone();
      assertThat(problem(further.join())).contains(Problem.OVERLOADED);
      assertThat(batcher.waiting()).isEqualTo(3);
      gate.countDown();
      assertThat(accepted).allMatch(each -> each.join().answer().isPresent());
      assertThat(told.refused).hasValue(1);
    }
  }

  /** The model is idle: nothing holds the first of them back but that they are asked together. */
  @Test
  void whatIsAskedTogetherSharesABatch() {
    try (Batcher batcher = batcher(BatcherSettings.standard())) {
      List<Request> requests =
          List.of(
              Request.of("short", "pizza"), Request.of("long", "pizza"), Request.of("short", "a"));
      List<CompletableFuture<Outcome>> outcomes =
          batcher.submitTogether(requests, Duration.ofMinutes(1));
      for (int i = 0; i < requests.size(); i++) {
        assertSame(outcomes.get(i).join(), predictor.answer(List.of(requests.get(i))).get(0));
      }
      assertThat(told.accepted).hasValue(3);
      assertThat(told.batches).hasValue(1);
      assertThat(batcher.submitTogether(List.of(), Duration.ofMinutes(1))).isEmpty();
    }
  }

  @Test
  void ofMoreThanThereIsRoomForTheFirstAreAccepted() {
    try (Batcher batcher = batcher(BatcherSettings.standard().withCapacity(2).withReaders(1))) {
      List<CompletableFuture<Outcome>> outcomes =
          batcher.submitTogether(
              List.of(
                  Request.of("slow", "pizza"),
                  Request.of("short", "pizza"),
                  Request.of("long", "pizza")),
              Duration.ofMinutes(1));
      assertThat(problem(outcomes.get(2).join())).contains(Problem.OVERLOADED);
      assertThat(batcher.waiting()).isEqualTo(2);
      gate.countDown();
      assertThat(outcomes.get(0).join().answer()).isPresent();
      assertThat(outcomes.get(1).join().answer()).isPresent();
    }
    assertThat(told.refused).hasValue(1);
  }

  @Test
  void whatComesTooLateIsGivenUpAndHoldsNobodyUp() {
    try (Batcher batcher = batcher(BatcherSettings.standard().withReaders(1))) {
      CompletableFuture<Outcome> late =
          batcher.submit(Request.of("slow", "pizza"), Duration.ofMillis(20));
      assertThat(problem(late.join())).contains(Problem.TOO_LATE);
      CompletableFuture<Outcome> next = batcher.submit(Request.of("short", "pizza"));
      gate.countDown();
      assertThat(next.join().answer()).isPresent();
    }
    assertThat(told.answered).hasValue(2);
    assertThat(predictor.residency().tasks()).allMatch(each -> each.users() == 0);
  }

  @Test
  void aCallerMayGo() {
    try (Batcher batcher = batcher(BatcherSettings.standard().withReaders(1))) {
      CompletableFuture<Outcome> reading = batcher.submit(Request.of("slow", "pizza"));
      CompletableFuture<Outcome> queued = batcher.submit(Request.of("short", "pizza"));
      CompletableFuture<Outcome> stays = batcher.submit(Request.of("short", "pizza"));
      assertThat(reading.cancel(true)).isTrue();
      assertThat(queued.cancel(true)).isTrue();
      gate.countDown();
      assertThat(stays.join().answer()).isPresent();
    }
    assertThat(told.cancelled).hasValue(2);
    assertThat(told.taken).hasValue(1);
    assertThat(predictor.residency().tasks()).allMatch(each -> each.users() == 0);
  }

  @Test
  void theEndAnswersWhatWasAccepted() throws Exception {
    Batcher batcher = batcher(BatcherSettings.standard());
    List<CompletableFuture<Outcome>> accepted = new ArrayList<>();
    accepted.add(batcher.submit(Request.of("slow", "pizza")));
    for (int i = 0; i < 200; i++) {
      accepted.add(batcher.submit(Request.of("short", "pizza " + i)));
    }
    Future<?> closing = threads.submit(() -> batcher.close());
    awaitClosing(batcher);
    assertThat(closing).isNotDone();
    gate.countDown();
    closing.get(60, TimeUnit.SECONDS);
    assertThat(accepted).allMatch(each -> each.isDone() && each.join().answer().isPresent());
    batcher.close(); // twice is once
    assertThat(batcher.waiting()).isZero();
  }

  /** Asks until no more is accepted. */
  private static void awaitClosing(Batcher batcher) {
    Request late = Request.of("nowhere", "a");
    while (problem(batcher.submit(late, Duration.ofNanos(1)).join())
        .filter(Problem.CLOSED::equals)
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anImpatientEndFailsWhatWaits() throws Exception {
    Batcher batcher = batcher(BatcherSettings.standard().withReaders(1));
    CompletableFuture<Outcome> reading = batcher.submit(Request.of("slow", "pizza"));
    CompletableFuture<Outcome> queued = batcher.submit(Request.of("short", "pizza"));
    Future<?> closing = threads.submit(() -> batcher.close(Duration.ZERO));
    awaitClosing(batcher);
    Thread.sleep(20); // the end has seen by now that nothing is answered, or does so a little later
    gate.countDown();
    closing.get(60, TimeUnit.SECONDS);
    assertThat(reading).isDone();
    assertThat(queued).isDone();
    assertThat(told.answered.get()).isEqualTo(told.accepted.get());
    assertThat(predictor.residency().tasks()).allMatch(each -> each.users() == 0);
  }

  /** Every answer is that of the pack before or after the change, and both occur. */
  @Test
  void packsAreSwappedUnderLoad() throws Exception {
    String text = "the quick brown fox";
    predictor.add("swapped", temp.resolve("other"));
    Outcome other = predictor.answer(List.of(Request.of("swapped", text))).get(0);
    predictor.add("swapped", temp.resolve("short"));
    Outcome one = predictor.answer(List.of(Request.of("swapped", text))).get(0);
    assertThat(label(one).probability()).isNotCloseTo(label(other).probability(), within(1e-3));
    try (Batcher batcher = batcher(BatcherSettings.standard().withReaders(2))) {
      Future<Integer> swapping =
          threads.submit(
              () -> {
                for (int i = 0; i < 60; i++) {
                  predictor.add("swapped", temp.resolve(i % 2 == 0 ? "other" : "short"));
                }
                return 60;
              });
      int ones = 0;
      int others = 0;
      while (!swapping.isDone() || ones == 0 || others == 0) {
        List<CompletableFuture<Outcome>> asked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          asked.add(batcher.submit(Request.of("swapped", text)));
          asked.add(batcher.submit(Request.of("long", text)));
        }
        for (int i = 0; i < asked.size(); i += 2) {
          double found = label(asked.get(i).join()).probabilities().get("label-0");
          boolean isOne = Math.abs(found - label(one).probabilities().get("label-0")) < 1e-5;
          boolean isOther = Math.abs(found - label(other).probabilities().get("label-0")) < 1e-5;
          assertThat(isOne).isNotEqualTo(isOther);
          ones += isOne ? 1 : 0;
          others += isOther ? 1 : 0;
        }
        if (swapping.isDone()) {
          predictor.add("swapped", temp.resolve(ones == 0 ? "short" : "other"));
        }
      }
      assertThat(swapping.get(60, TimeUnit.SECONDS)).isEqualTo(60);
    } finally {
      predictor.remove("swapped");
    }
    assertThat(predictor.residency().tasks()).allMatch(each -> each.users() == 0);
  }

  @Test
  void settingsAreChecked() {
    BatcherSettings standard = BatcherSettings.standard();
    assertThatThrownBy(() -> standard.withCapacity(0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("queue-size: 0");
    assertThatThrownBy(() -> standard.withTokens(-1)).hasMessageContaining("batch-tokens: -1");
    assertThatThrownBy(() -> standard.withReaders(0)).hasMessageContaining("readers: 0");
    assertThatThrownBy(() -> standard.withTimeout(Duration.ZERO)).hasMessageContaining("timeout");
  }
}
