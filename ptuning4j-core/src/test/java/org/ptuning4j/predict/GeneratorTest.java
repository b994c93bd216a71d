package org.ptuning4j.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.generate.Continuation;
import org.ptuning4j.generate.Ending;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.generate.TextListener;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.FullFineTuning;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.generation.GeneratedAnswer;
import org.ptuning4j.task.generation.GenerationExample;
import org.ptuning4j.task.generation.GenerationTask;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.batching.Batching.FixedBatches;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;

/** Packs that write, trained on a tiny GPT-2, alone and beside each other. */
class GeneratorTest {

  private static final List<String> WORDS = List.of("fox", "dog", "pizza", "capital");

  @TempDir static Path temp;

  private static Path data;

  @BeforeAll
  static void train() throws IOException {
    data = temp.resolve("rows.jsonl");
    Files.writeString(
        data,
        WORDS.stream()
            .map(word -> "{\"source\": \"%s\", \"target\": \"the %s\"}".formatted(word, word))
            .collect(Collectors.joining("\n")),
        StandardCharsets.UTF_8);
    train("tuned", new FullFineTuning(), 3e-3, 40);
    train("deep", PTuningV2.asPublished(4), 5e-2, 3);
    train("soft", PromptTuning.ofLength(3), 5e-2, 3);
  }

  private static void train(String name, PromptMethod method, double learningRate, int epochs) {
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .learningRate(learningRate)
            .epochs(epochs)
            .batching(new FixedBatches(4))
            .dropout(Optional.of(0.0))
            .precision(Precision.FP32)
            .build();
    new Training(TinyModel.folder("gpt2"), GenerationTask.standard(), config)
        .run(TrainingData.of(data, data), temp.resolve(name), TrainingListener.silent());
  }

  private static Generator generator(String... packs) {
    Generator generator = Generator.open(TinyModel.folder("gpt2"), Precision.FP32);
    for (String pack : packs) {
      generator.add(pack, temp.resolve(pack).resolve("pack"));
    }
    return generator;
  }

  private static List<Continuation> continuations(Outcome outcome) {
    return ((GeneratedAnswer) outcome.orElseThrow()).continuations();
  }

  @Test
  void whatWasLearntIsWritten() {
    try (Generator generator = generator("tuned")) {
      for (String word : WORDS) {
        Continuation written =
            generator
                .generate(
                    Request.of("tuned", word),
                    GenerationSettings.greedy().withMaxNewTokens(20),
                    TextListener.NONE)
                .get(0);
        assertThat(written.text().strip()).isEqualTo("the " + word);
        assertThat(written.ending()).isEqualTo(Ending.END_TOKEN);
      }
    }
  }

  @Test
  void thePredictorWritesAsTheTaskSays() {
    try (Predictor predictor = Predictor.open(TinyModel.folder("gpt2"), Precision.FP32)) {
      predictor.add("tuned", temp.resolve("tuned").resolve("pack"));
      List<GenerationExample> examples = GenerationTask.standard().read(data).examples();

      Evaluator.Report report = Evaluator.evaluate(predictor, "tuned", examples);

      assertThat(report.scores().metrics())
          .containsEntry("exact_match", 1.0)
          .containsEntry("rouge_l", 1.0);
      assertThat(report.answers())
          .extracting(Answer::text)
          .allMatch(text -> text.strip().startsWith("the "));
    }
  }

  private static List<Request> mixed() {
    List<Request> requests = new ArrayList<>();
    for (String text : List.of("the quick brown fox", "pizza", "a lazy dog in France jumps over")) {
      requests.add(Generator.plain(text));
      requests.add(Request.of("deep", text));
      requests.add(Request.of("soft", text));
      requests.add(Request.of("tuned", text));
    }
    return requests;
  }

  /** A system text before each is computed once; one text has another, one is that and no more. */
  @Test
  void textsThatBeginAlikeAreWrittenAsIfAlone() {
    String system = "the quick brown fox jumps over the lazy dog and a capital pizza in France ";
    List<Request> requests = new ArrayList<>();
    for (String text : List.of("", "pizza", "a lazy dog", "the fox jumps over the pizza")) {
      requests.add(Generator.plain(system + text));
      requests.add(Request.of("deep", system + text));
      requests.add(Request.of("soft", system + text));
    }
    requests.add(Request.of("soft", "pizza " + system));
    try (Generator generator = generator("deep", "soft")) {
      for (GenerationSettings settings :
          List.of(
              GenerationSettings.greedy().withMaxNewTokens(8),
              GenerationSettings.beamSearch(3).withMaxNewTokens(8))) {
        List<Outcome> together = generator.generate(requests, settings, TextListener.NONE);
        for (int i = 0; i < requests.size(); i++) {
          List<Continuation> alone =
              generator.generate(requests.get(i), settings, TextListener.NONE);
          assertThat(continuations(together.get(i)).get(0).tokens())
              .isEqualTo(alone.get(0).tokens());
        }
      }
    }
  }

  @Test
  void aMixedBatchWritesWhatEachTextGetsAlone() {
    try (Generator generator = generator("deep", "soft", "tuned")) {
      for (GenerationSettings settings :
          List.of(
              GenerationSettings.greedy().withMaxNewTokens(10),
              GenerationSettings.sampled(0.8, 3).withMaxNewTokens(10).withSequences(2),
              GenerationSettings.beamSearch(3).withMaxNewTokens(10).withSequences(2))) {
        List<Outcome> together = generator.generate(mixed(), settings, TextListener.NONE);
        for (int i = 0; i < mixed().size(); i++) {
          List<Continuation> alone =
              generator.generate(mixed().get(i), settings, TextListener.NONE);
          assertThat(alone)
              .extracting(Continuation::tokens)
              .isEqualTo(
                  continuations(together.get(i)).stream().map(Continuation::tokens).toList());
        }
      }
    }
  }

  @Test
  void whatIsToldAsItComesIsWhatIsReturned() {
    try (Generator generator = generator("deep", "soft")) {
      GenerationSettings settings =
          GenerationSettings.sampled(0.9, 4)
              .withMaxNewTokens(12)
              .withSequences(2)
              .withStops(List.of("ou", "th"));
      List<Request> requests =
          mixed().stream().filter(each -> !each.task().equals("tuned")).toList();
      Map<String, String> told = new TreeMap<>();

      List<Outcome> outcomes =
          generator.generate(
              requests,
              settings,
              (request, sequence, text) ->
                  told.merge(request + "/" + sequence, text, String::concat));

      IntStream.range(0, requests.size())
          .forEach(
              request -> {
                List<Continuation> all = continuations(outcomes.get(request));
                for (int sequence = 0; sequence < 2; sequence++) {
                  assertThat(told.getOrDefault(request + "/" + sequence, ""))
                      .isEqualTo(all.get(sequence).text());
                }
              });
    }
  }

  @Test
  void aTextThatIsTooLongFailsAlone() {
    try (Generator generator = generator()) {
      String endless = "the quick brown fox ".repeat(200);

      List<Outcome> outcomes =
          generator.generate(
              List.of(
                  Generator.plain("the quick"), Generator.plain(endless), Generator.plain("pizza")),
              GenerationSettings.greedy().withMaxNewTokens(3),
              TextListener.NONE);

      assertThat(outcomes.get(0).answer()).isPresent();
      assertThat(outcomes.get(2).answer()).isPresent();
      assertThat(outcomes.get(1))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> {
                assertThat(failed.isBadInput()).isTrue();
                assertThat(failed.reason()).contains("160");
              });
    }
  }

  @Test
  void aTextEndsAtTheModelsLastPosition() {
    try (Generator generator = generator()) {
      Continuation all =
          generator.generate(
              "the quick brown fox", GenerationSettings.greedy().withMaxNewTokens(900));

      assertThat(all.tokens().size()).isLessThan(160);
    }
  }

  @Test
  void modelsAndPacksThatDoNotWriteAreRefused() {
    assertThatThrownBy(() -> Generator.open(TinyModel.bert(), Precision.FP32))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("decoder");
    try (Generator generator = generator()) {
      assertThatThrownBy(
              () ->
                  generator.generate(
                      Request.of("no", "text"), GenerationSettings.greedy(), TextListener.NONE))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("no");
    }
  }
}
