package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyGlm;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BlankFilling;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.Ending;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.task.template.Cloze;
import org.ptuning4j.task.template.ClozeTemplate;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** A tiny GLM fills blanks, plainly and with packs, and learns to label with words and without. */
class GlmPacksTest {

  private static final List<String> WORDS = List.of("fox", "dog", "pizza", "capital");

  @TempDir static Path temp;

  private static Path model;
  private static Path rows;
  private static Path labelled;

  @BeforeAll
  static void write() throws IOException {
    model = TinyGlm.write(temp);
    rows = temp.resolve("rows.jsonl");
    Files.writeString(
        rows,
        WORDS.stream()
            .map(
                word ->
                    "{\"source\": \"the [MASK] %s.\", \"target\": \"very good %s\"}"
                        .formatted(word, word))
            .collect(Collectors.joining("\n")),
        StandardCharsets.UTF_8);
    labelled = temp.resolve("labelled.jsonl");
    Files.writeString(
        labelled,
        WORDS.stream()
            .map(
                word ->
                    "{\"text\": \"the %s was quick\", \"label\": \"%s\"}"
                        .formatted(word, word.length() > 3 ? "thing" : "animal"))
            .collect(Collectors.joining("\n")),
        StandardCharsets.UTF_8);
  }

  private static Path train(Task<?> task, Path data, PromptMethod method, double rate, int epochs)
      throws IOException {
    Path run = Files.createTempDirectory(temp, "run");
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .learningRate(rate)
            .epochs(epochs)
            .batching(new FixedBatches(4))
            .dropout(Optional.of(0.0))
            .precision(Precision.FP32)
            .build();
    new Training(model, task, config)
        .run(TrainingData.of(data, data), run, TrainingListener.silent());
    return run.resolve("pack");
  }

  private static Continuation written(Generator generator, String pack, String text) {
    Request request = pack.isEmpty() ? Generator.plain(text) : Request.of(pack, text);
    return generator
        .generate(request, GenerationSettings.greedy().withMaxNewTokens(12), TextListener.NONE)
        .get(0);
  }

  @Test
  void whatWasLearntIsWrittenInTheBlank() throws IOException {
    Path tuned = train(GenerationTask.standard(), rows, new FullFineTuning(), 3e-3, 40);
    try (Generator generator = Generator.open(model, Precision.FP32)) {
      generator.add("tuned", tuned);
      for (String word : WORDS) {
        Continuation written = written(generator, "tuned", "the [MASK] " + word + ".");
        assertThat(written.text().strip()).isEqualTo("very good " + word);
        assertThat(written.ending()).isEqualTo(Ending.END_TOKEN);
      }
    }
  }

  /** Prompts of two kinds beside none give in one batch what they give alone. */
  @Test
  void aBatchIsFilledAsEachTextAlone() throws IOException {
    Path deep = train(GenerationTask.standard(), rows, PTuningV2.asPublished(4), 5e-2, 3);
    Path soft = train(GenerationTask.standard(), rows, PromptTuning.ofLength(3), 5e-2, 3);
    List<String> packs = List.of("deep", "soft", "", "deep", "soft", "");
    List<String> texts =
        List.of(
            "the [MASK] dog.",
            "a very lazy fox was [MASK]?",
            "[sMASK] it was good",
            "pizza",
            "the capital [gMASK]",
            "the quick brown");
    try (Generator generator = Generator.open(model, Precision.FP32)) {
      generator.add("deep", deep);
      generator.add("soft", soft);
      List<Request> requests =
          IntStream.range(0, texts.size())
              .mapToObj(
                  i ->
                      packs.get(i).isEmpty()
                          ? Generator.plain(texts.get(i))
                          : Request.of(packs.get(i), texts.get(i)))
              .toList();
      List<Outcome> together =
          generator.generate(
              requests, GenerationSettings.greedy().withMaxNewTokens(12), TextListener.NONE);
      for (int i = 0; i < texts.size(); i++) {
        Answer answer = together.get(i).orElseThrow();
        assertThat(answer.text()).isEqualTo(written(generator, packs.get(i), texts.get(i)).text());
      }
    }
  }

  /** Each token is the likeliest of a pass over all before it. */
  @Test
  void aBlankIsFilledTokenByToken() {
    Map<String, TokenRow> expected =
        Map.of(
            "the [MASK] dog.",
            row("[CLS] the [MASK] dog . [SEP] <|startofpiece|>", 6, 2),
            "[sMASK] it was good.",
            row("[CLS] [sMASK] it was good . [SEP] <|startofpiece|>", 7, 1),
            "the capital [gMASK]",
            row("[CLS] the capital [gMASK] <|startofpiece|>", 4, 3),
            "the capital",
            row("[CLS] the capital [gMASK] <|startofpiece|>", 4, 3),
            "the [gMASK] capital",
            row("[CLS] the [gMASK] capital [SEP] <|startofpiece|>", 5, 2));
    try (Generator generator = Generator.open(model, Precision.FP32);
        Backbone backbone =
            BackboneFamilies.standard().load(ModelFolder.open(model), Engine.reference())) {
      expected.forEach(
          (text, row) -> {
            Continuation written = written(generator, "", text);
            assertThat(written.tokens()).as(text).isEqualTo(greedy(backbone, row, written));
          });
    }
  }

  private static TokenRow row(String tokens, int start, int blank) {
    int[] ids = TinyGlm.ids(tokens);
    return TokenRow.of(ids, new int[ids.length]).withFilling(new BlankFilling(start, blank));
  }

  private static List<Integer> greedy(Backbone backbone, TokenRow first, Continuation written) {
    List<Integer> tokens = new ArrayList<>();
    int[] ids = first.ids();
    for (int step = 0; step < written.tokens().size(); step++) {
      TokenRow row =
          TokenRow.of(ids, new int[ids.length])
              .withFilling(first.filling().orElseThrow())
              .withAnchor(ids.length - 1);
      float[] logits =
          Scope.run(
              () ->
                  Tensors.floats(
                      backbone
                          .languageModel()
                          .logits(
                              backbone
                                  .forward(
                                      TokenBatch.of(List.of(row), 0),
                                      Injection.none(),
                                      ForwardOptions.evaluation(Positions.ANCHOR))
                                  .first())));
      int best = 0;
      for (int word = 1; word < logits.length; word++) {
        best = logits[word] > logits[best] ? word : best;
      }
      tokens.add(best);
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = best;
    }
    return tokens;
  }

  @Test
  void severalBlanksAreRefused() {
    try (Generator generator = Generator.open(model, Precision.FP32)) {
      assertThatThrownBy(() -> written(generator, "", "the [MASK] was [MASK]."))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("it has 2 blanks; one is filled at a time");
    }
  }

  /**
   * What the model as it is has no positions for is an error, and nothing is left out in silence.
   */
  @Test
  void aTextThatIsTooLongIsRefused() {
    try (Generator generator = Generator.open(model, Precision.FP32)) {
      String fits = "the [MASK] " + "dog ".repeat(62);
      assertThat(written(generator, "", fits).tokens()).isNotEmpty();
      assertThatThrownBy(() -> written(generator, "", fits + "dog"))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("text length 67 need 67 positions; this backbone has 66");
    }
  }

  private static SequenceClassificationTask task() {
    return SequenceClassificationTask.onText("toy", Template.parse("{text}"), "label");
  }

  private static void assertLearnt(Path pack) {
    try (Predictor predictor = Predictor.open(model, Precision.FP32)) {
      predictor.add("toy", pack);
      for (String word : WORDS) {
        Request request = Request.of("toy", "the %s was quick".formatted(word));
        assertThat(predictor.answer(request).text())
            .isEqualTo(word.length() > 3 ? "thing" : "animal");
      }
    }
  }

  @Test
  void labelsAreLearntByALinearHead() throws IOException {
    assertLearnt(train(task(), labelled, PTuningV2.asPublished(4), 3e-2, 30));
  }

  @Test
  void labelsAreLearntAsWordsOfOneToken() throws IOException {
    Cloze cloze =
        new Cloze(
            ClozeTemplate.parse("{text_a}, a {mask}."),
            Map.of("thing", List.of("pizza"), "animal", List.of("fox")));
    assertLearnt(
        train(
            ClozeTask.of(task().withLabels(List.of("animal", "thing")), cloze),
            labelled,
            PTuningV2.asPublished(4),
            3e-2,
            120));
  }

  @Test
  @Tag("ci")
  void labelsAreLearntAsWordingsOfSeveralTokens() throws IOException {
    Cloze cloze =
        new Cloze(
            ClozeTemplate.parse("{text_a} {soft:2} {mask}."),
            Map.of("thing", List.of("very good pizza"), "animal", List.of("lazy dog")));
    assertLearnt(
        train(
            ClozeTask.of(task().withLabels(List.of("animal", "thing")), cloze),
            labelled,
            PTuning.ofLength(2),
            1e-2,
            150));
  }
}
