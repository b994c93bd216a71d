package org.example.extending;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.head.standard.Heads;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.predict.Evaluator;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.PredictorOptions;
import org.ptuning4j.predict.Request;
import org.ptuning4j.prompt.form.PromptForms;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.tensor.engine.Precision;
import org.ptuning4j.train.Training;
import org.ptuning4j.train.TrainingData;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** The method and the task of docs/extending.md, from outside the library's packages. */
class ExtendingTest {

  private static final RatingTask TASK = new RatingTask(5);

  @TempDir private Path temp;

  @Test
  void aMethodAndATaskOfOnesOwnAreTrainedSavedAndServed() throws IOException {
    Path train = reviews("train.txt", 120, 1);
    Path dev = reviews("dev.txt", 30, 2);
    TiedPrefix method = new TiedPrefix(4, 0.5);
    TrainingConfig config =
        TrainingConfig.builder()
            .method(method)
            .epochs(20)
            .batching(new org.ptuning4j.train.batching.Batching.FixedBatches(8))
            .learningRate(5e-2)
            .precision(Precision.FP32)
            .build();

    TrainingResult result =
        new Training(TinyModel.bert(), TASK, config)
            .run(TrainingData.of(train, dev), temp.resolve("run"), TrainingListener.silent());

    assertThat(result.best().get("within_a_star")).isGreaterThan(0.8);
    Pack.Kinds kinds =
        new Pack.Kinds(
            TaskKinds.standard().with(RatingTask.KIND, RatingTask::of),
            Heads.standard(),
            PromptForms.standard());
    try (Predictor predictor =
        Predictor.open(
            TinyModel.bert(),
            PredictorOptions.standard().withPrecision(Precision.FP32).withKinds(kinds))) {
      predictor.add("stars", temp.resolve("run/pack"));
      List<RatingTask.Review> examples = TASK.read(dev).examples();
      assertThat(Evaluator.evaluate(predictor, "stars", examples).scores().metrics())
          .isEqualTo(result.best());
      RatingTask.Stars good = stars(predictor, "the capital capital fox");
      RatingTask.Stars bad = stars(predictor, "the pizza pizza fox");
      assertThat(good.value()).isGreaterThan(bad.value() + 1);
    }
  }

  private static RatingTask.Stars stars(Predictor predictor, String text) {
    RatingTask.Review review = new RatingTask.Review(1, -1, text);
    return (RatingTask.Stars) predictor.answer(Request.of("stars", review));
  }

  private Path reviews(String name, int lines, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines; i++) {
      boolean good = random.nextBoolean();
      String word = good ? "capital" : "pizza";
      text.append(good ? "****_" : "*____")
          .append(" the ")
          .append(word)
          .append(random.nextBoolean() ? " quick fox" : " lazy dog")
          .append(' ')
          .append(word)
          .append('\n');
    }
    return Files.writeString(temp.resolve(name), text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TiedPrefix", "RatingTask", "ReviewMethods", "ReviewTasks"})
  void theGuideShowsThisVeryCode(String type) throws IOException {
    Path root = Path.of("").toAbsolutePath();
    Path guide = root.resolveSibling("docs/extending.md");
    if (!Files.exists(guide)) {
      guide = root.resolve("docs/extending.md");
    }
    String source = "src/test/java/org/example/extending/" + type + ".java";
    Path file = root.resolve(source);
    if (!Files.exists(file)) {
      file = root.resolve("ptuning4j-core").resolve(source);
    }
    String code = Files.readString(file, StandardCharsets.UTF_8);
    String body = code.substring(code.indexOf("/** "));
    assertThat(Files.readString(guide, StandardCharsets.UTF_8)).contains(body);
  }
}
