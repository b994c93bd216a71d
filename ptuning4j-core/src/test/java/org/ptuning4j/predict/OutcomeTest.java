package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneFamily;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.tagging.TaggedSentence;
import org.ptuning4j.pack.TestPacks;
import org.ptuning4j.pack.TestPacks.Form;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;

/** One request that cannot be answered leaves those beside it alone. */
class OutcomeTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UNKNOWN_TO_THE_MODEL = "<new>";

  @TempDir static Path temp;

  private static Predictor predictor;

  /** The tiny model, whose tokenizer has a token more than its embeddings. */
  @BeforeAll
  static void open() throws IOException {
    Path model = Files.createDirectory(temp.resolve("model"));
    try (Stream<Path> files = Files.list(TinyModel.bert())) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    Path file = model.resolve("tokenizer.json");
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode added = ((ArrayNode) tokenizer.get("added_tokens")).addObject();
    added.put("id", tokenizer.path("model").path("vocab").size());
    added.put("content", UNKNOWN_TO_THE_MODEL);
    for (String no : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
      added.put(no, false);
    }
    Files.write(file, JSON.writeValueAsBytes(tokenizer));
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
      new TestPacks(backbone).save(temp.resolve("pack"), Form.ofLength(3), 1);
      new TestPacks(backbone).saveFineTuned(temp.resolve("tuned"), TinyModel.bert(), 2);
    }
    predictor = Predictor.open(model, Precision.FP32);
    predictor.add("mood", temp.resolve("pack"));
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  private static TextExample text(int line, String text) {
    return new TextExample(line, text, null, null);
  }

  private static Request request(String text) {
    return Request.of("mood", text(1, text));
  }

  @Test
  void anUnknownTokenFailsItsOwnRequestOnly() {
    List<Outcome> outcomes =
        predictor.answer(
            List.of(
                request("pizza"),
                request("a " + UNKNOWN_TO_THE_MODEL + " dog"),
                request("pizza"),
                request(UNKNOWN_TO_THE_MODEL)));
    assertThat(outcomes).hasSize(4);
    // The same batch without them: as if they had never been there.
    List<Outcome> alone = predictor.answer(List.of(request("pizza"), request("pizza")));
    assertThat(outcomes.get(0).orElseThrow().fields())
        .isEqualTo(alone.get(0).orElseThrow().fields())
        .isEqualTo(outcomes.get(2).orElseThrow().fields());
    for (int i : new int[] {1, 3}) {
      Outcome.Failed failed = (Outcome.Failed) outcomes.get(i);
      assertThat(failed.problem()).isEqualTo(Problem.REFUSED);
      assertThat(failed.isBadInput()).isTrue();
      assertThat(failed.reason()).contains("470");
      assertThat(failed.answer()).isEmpty();
    }
    assertThatThrownBy(() -> predictor.answer(request(UNKNOWN_TO_THE_MODEL)))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void aFaultInATaskIsToldFromBadInput() {
    TaggedSentence notItsKind = new TaggedSentence(1, List.of("a"), List.of(), 0);
    List<Outcome> outcomes =
        predictor.answer(List.of(Request.of("mood", notItsKind), request("pizza")));
    Outcome.Failed failed = (Outcome.Failed) outcomes.get(0);
    assertThat(failed.problem()).isEqualTo(Problem.INTERNAL);
    assertThat(failed.isBadInput()).isFalse();
    assertThat(failed.reason()).startsWith("unexpected: ").contains("ClassCastException");
    assertThat(outcomes.get(1)).isInstanceOf(Outcome.Answered.class);
  }

  @Test
  void figuresAreNotThoseOfOtherData() {
    List<TextExample> rows =
        List.of(
            new TextExample(2, "pizza", null, "label-0"),
            new TextExample(5, UNKNOWN_TO_THE_MODEL, null, "label-1"),
            new TextExample(6, "a lazy dog", null, "label-1"));
    assertThatThrownBy(() -> Evaluator.evaluate(predictor, "mood", rows))
        .isInstanceOf(InvalidInputException.class);
    Evaluator.Answered<TextExample> answered = Evaluator.answer(predictor, "mood", rows);
    assertThat(answered.examples()).containsExactly(rows.get(0), rows.get(2));
    assertThat(answered.answers()).hasSize(2);
    assertThat(answered.failed()).extracting(BadRow::line).containsExactly(5);
  }

  /** Loads when it is told to. */
  private record SlowFamily(BackboneFamily real, CountDownLatch begun, CountDownLatch go)
      implements BackboneFamily {

    @Override
    public Set<String> modelTypes() {
      return real.modelTypes();
    }

    @Override
    public Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
      begun.countDown();
      try {
        assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return real.load(folder, engine, trainable);
    }

    @Override
    public BackboneSpec spec(ModelFolder folder) {
      return real.spec(folder);
    }

    @Override
    public WeightReport inspect(ModelFolder folder) {
      return real.inspect(folder);
    }
  }

  @Test
  void othersPredictWhileAPackIsLoaded() throws Exception {
    BackboneFamily bert = BackboneFamilies.standard().of(ModelFolder.open(TinyModel.bert()));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    BackboneFamily switched = new SwitchedFamily(bert, new SlowFamily(bert, begun, go));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Predictor open =
        Predictor.open(
            TinyModel.bert(),
            PredictorOptions.standard()
                .withPrecision(Precision.FP32)
                .withFamilies(BackboneFamilies.standard().with(switched)))) {
      open.add("mood", temp.resolve("pack"));
      Future<?> adding = thread.submit(() -> open.add("tuned", temp.resolve("tuned")));
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(open.answer(Request.of("mood", "pizza")).text()).startsWith("label-");
      assertThat(open.tasks()).containsExactly("mood");
      assertThat(adding.isDone()).isFalse();
      go.countDown();
      adding.get(60, TimeUnit.SECONDS);
      assertThat(open.answer(Request.of("tuned", "pizza")).text()).startsWith("label-");
    } finally {
      go.countDown();
      thread.shutdownNow();
    }
  }

  /** The first model loads at once, a pack's own slowly. */
  @SuppressWarnings("ArrayRecordComponent") // a counter, never compared
  private record SwitchedFamily(BackboneFamily first, BackboneFamily further, int[] loads)
      implements BackboneFamily {

    SwitchedFamily(BackboneFamily first, BackboneFamily further) {
      this(first, further, new int[1]);
    }

    @Override
    public Set<String> modelTypes() {
      return first.modelTypes();
    }

    @Override
    public Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
      return (loads[0]++ == 0 ? first : further).load(folder, engine, trainable);
    }

    @Override
    public BackboneSpec spec(ModelFolder folder) {
      return first.spec(folder);
    }

    @Override
    public WeightReport inspect(ModelFolder folder) {
      return first.inspect(folder);
    }
  }
}
