package org.ptuning4j.task.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Examples;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Preparation;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.ItemEncoder;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.text.TextTokenizer;

class LikelihoodTaskTest {

  private static final LikelihoodTask LAMBADA = LikelihoodTask.lambada();
  private static final LikelihoodTask ALL = LikelihoodTask.languageModelling();

  @TempDir Path folder;

  private static TextTokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer = TextTokenizer.open(TinyModel.folder("gpt2"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private Examples<LikelihoodExample> read(LikelihoodTask task, String... texts)
      throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.write(
        file,
        Arrays.stream(texts).map(text -> "{\"text\": \"" + text + "\"}").toList(),
        StandardCharsets.UTF_8);
    return task.read(file);
  }

  private List<Item> items(LikelihoodTask task, int maxLength, String text) throws IOException {
    return task.prepare(Preparation.complete(tokenizer))
        .items(
            read(task, text).examples().get(0),
            new ItemEncoder(tokenizer, maxLength, Direction.CAUSAL));
  }

  private static String scored(Item item) {
    return tokenizer.decode(
        item.target(Target.Tags.class).labels().stream().mapToInt(id -> id.getAsInt()).toArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "the quick brown fox |' fox'",
        "'the quick brown  jumps. '|'  jumps.'",
        "a capital |' capital'"
      })
  void theLastWordIsScoredWithTheSpaceBeforeIt(String text, String word) throws IOException {
    List<Item> items = items(LAMBADA, 160, text);

    assertThat(items).hasSize(1);
    assertThat(scored(items.get(0)).stripTrailing()).isEqualTo(word);
  }

  @Test
  void aTextOfOneWordIsABadRow() throws IOException {
    List<BadRow> bad = read(LAMBADA, "fox", " fox ", "the fox").badRows();

    assertThat(bad).hasSize(2);
    assertThat(bad.get(0).toString()).contains("'fox'", "nothing comes before");
  }

  /** Rows begin half a row after each other; every token but the first is scored once. */
  @ParameterizedTest
  @CsvSource({"160, 1", "16, 0", "7, 0", "2, 0"})
  void everyTokenIsScoredOnceWithHalfARowBeforeIt(int maxLength, int expected) throws IOException {
    String text = "the quick brown fox jumps over the lazy dog and a pizza in the capital";
    int[] ids = TextIds.of(tokenizer, text);

    List<Item> items = items(ALL, maxLength, text);

    assertThat(items.size()).isGreaterThanOrEqualTo(Math.max(1, expected));
    List<Integer> scored = new ArrayList<>();
    for (Item item : items) {
      int[] row = item.rows().get(0).ids();
      assertThat(row.length).isLessThanOrEqualTo(maxLength);
      int before = item.reads()[0] + 1;
      assertThat(scored.isEmpty() || before >= maxLength / 2).isTrue();
      for (int read : item.reads()) {
        scored.add(row[read + 1]);
      }
      assertThat(scored(item))
          .isEqualTo(tokenizer.decode(Arrays.copyOfRange(row, before, row.length)));
    }
    assertThat(scored).containsExactlyElementsOf(IntStream.of(ids).skip(1).boxed().toList());
  }

  @Test
  void ofALongPassageTheEndIsRead() throws IOException {
    String text = "the quick brown fox jumps over the lazy dog and a pizza in the capital";
    List<Item> items = items(LAMBADA, 12, text);

    assertThat(items).hasSize(1);
    assertThat(items.get(0).rows().get(0).length()).isEqualTo(12);
    assertThat(scored(items.get(0))).isEqualTo(" capital");
  }

  /** Against the softmax of all scores, in double precision. */
  @Test
  void metricsAreThoseOfTheModelsOwnScores() throws IOException {
    String[] texts = {"the quick brown fox", "a lazy dog in the capital", "pizza and pizza"};
    Path model = TinyModel.folder("gpt2");
    double[] sums = new double[texts.length];
    int[] tokens = new int[texts.length];
    try (Backbone backbone =
        BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference())) {
      for (int i = 0; i < texts.length; i++) {
        int[] ids = TextIds.of(tokenizer, texts[i]);
        tokens[i] = ids.length - 1;
        sums[i] = Scope.run(() -> logProbability(backbone, ids));
      }
    }
    try (Predictor predictor = Predictor.open(model, Precision.FP32)) {
      predictor.addUntrained("all", ALL);
      predictor.addUntrained("last", LAMBADA);
      Evaluator.Report all = Evaluator.evaluate(predictor, "all", read(ALL, texts).examples());
      Evaluator.Report last =
          Evaluator.evaluate(predictor, "last", read(LAMBADA, texts).examples());

      double nats = -Arrays.stream(sums).sum() / Arrays.stream(tokens).sum();
      assertThat(all.scores().metrics().get("nats")).isCloseTo(nats, within(1e-5));
      assertThat(all.scores().metrics().get("perplexity"))
          .isCloseTo(Math.exp(nats), within(1e-3 * Math.exp(nats)));
      for (int i = 0; i < texts.length; i++) {
        assertThat((Double) all.answers().get(i).fields().get("log_probability"))
            .isCloseTo(sums[i], within(1e-3));
        assertThat(all.answers().get(i).fields()).containsEntry("tokens", tokens[i]);
      }
      double words =
          last.answers().stream()
              .mapToDouble(answer -> (Double) answer.fields().get("log_probability"))
              .sum();
      assertThat(Math.log(last.scores().metrics().get("perplexity")))
          .as("a word counts once")
          .isCloseTo(-words / 3, within(1e-6));
    }
  }

  private static double logProbability(Backbone backbone, int[] ids) {
    Tensor states =
        backbone
            .forward(
                TokenBatch.of(List.of(TokenRow.of(ids, new int[ids.length])), 0),
                Injection.none(),
                ForwardOptions.evaluation(Positions.ALL))
            .lastHidden()
            .squeeze(0);
    Tensor logs =
        torch.log_softmax(backbone.languageModel().logits(states).to(torch.ScalarType.Double), 1);
    double sum = 0;
    for (int i = 1; i < ids.length; i++) {
      sum += logs.select(0, i - 1L).select(0, ids[i]).item_double();
    }
    return sum;
  }

  @Test
  void aWordIsRightIfAllOfItsTokensAreTheLikeliest() throws IOException {
    PreparedLikelihood prepared = LAMBADA.prepare(Preparation.complete(tokenizer));
    List<LikelihoodExample> examples = read(LAMBADA, "a b", "a c", "a d").examples();
    List<Answer> answers =
        List.of(
            new TargetLikelihood(-1, 2, 2),
            new TargetLikelihood(-2, 2, 1),
            new TargetLikelihood(-3, 1, 1));

    Map<String, Double> metrics = prepared.score(examples, answers).metrics();

    assertThat(metrics.get("accuracy")).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(metrics.get("perplexity")).isCloseTo(Math.exp(2), within(1e-9));
  }

  @Test
  void definitionsAreReadAsTheyAreWritten() {
    for (LikelihoodTask task : List.of(LAMBADA, ALL)) {
      assertThat(TaskKinds.standard().read(task.definition())).isEqualTo(task);
    }
    assertThat(TaskKinds.standard().read(Map.of("kind", "likelihood", "name", "mine")))
        .extracting(task -> task.metricNames().get(0))
        .isEqualTo("token_accuracy");
    assertThatThrownBy(
            () ->
                LikelihoodTask.of(
                    new Fields("task", Map.of("kind", "likelihood", "scored", "first-word"))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("first-word")
        .hasMessageContaining("all, last-word");
  }

  @Test
  void anEncoderIsRefused() {
    try (Predictor predictor = Predictor.open(TinyModel.bert(), Precision.FP32)) {
      assertThatThrownBy(() -> predictor.addUntrained("last", LAMBADA))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("lambada")
          .hasMessageContaining("bert");
    }
  }
}
