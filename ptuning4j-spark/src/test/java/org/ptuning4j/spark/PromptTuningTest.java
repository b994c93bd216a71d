package org.ptuning4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.spark.SparkApplication.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

/** Two executors in processes of their own train one prompt. */
class PromptTuningTest {

  private static SparkApplication spark;

  @TempDir Path temp;

  @BeforeAll
  static void start() {
    spark = SparkApplication.cluster(2);
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private PromptTuning tuning(String out, int workers, int batch) {
    return new PromptTuning()
        .setModel(SparkApplication.model())
        .setTextCol("sentence")
        .setLabelCol("answer_is")
        .setValidationIndicatorCol("held_out")
        .setOut(text(temp.resolve(out)))
        .setWorkers(workers)
        .setSetting("batch", batch)
        .setSetting("epochs", 1)
        .setSetting("promptLength", 4)
        .setSetting("seed", 3);
  }

  private static PromptTuning withoutDropout(PromptTuning tuning) {
    return tuning
        .setPrecision("fp32")
        .setSetting("epochs", 2)
        .setSetting("dropout", 0)
        .setSetting("prompt-dropout", 0)
        .setSetting("adam-epsilon", "1e-6")
        .setSetting("lr", "5e-3");
  }

  /** 20 steps, the last of each epoch of 5 rows, which two workers share unevenly. */
  @Test
  void twoWorkersMakeTheStepsOfOneWithTwiceTheBatch() throws IOException {
    Dataset<Row> rows = Frames.texts(spark.session(), 77, 20, 1);
    PromptModel one = withoutDropout(tuning("one", 1, 8)).fit(rows);
    // Spark may hand the rows over in any order.
    PromptModel two =
        withoutDropout(tuning("two", 2, 4)).fit(rows.repartition(3).orderBy("sentence"));
    Map<String, List<Float>> expected = Packs.values(temp.resolve("one/checkpoint.safetensors"));
    Map<String, List<Float>> found = Packs.values(temp.resolve("two/checkpoint.safetensors"));
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, values) -> {
          for (int i = 0; i < values.size(); i++) {
            assertThat(found.get(name).get(i)).as(name).isCloseTo(values.get(i), within(1e-6f));
          }
        });
    assertThat(two.result()).contains("\"steps\" : 20");
    assertThat(metrics("two")).isEqualTo(metrics("one"));
    assertThat(one.packNames()).containsExactly("pack");
  }

  /** What was measured at each evaluation, without losses and times. */
  private List<String> metrics(String out) throws IOException {
    return Files.readAllLines(temp.resolve(out + "/metrics.jsonl")).stream()
        .map(line -> line.replaceAll(".*(\"metrics\":\\{[^}]*\\}).*", "$1"))
        .toList();
  }

  @Test
  void twoRunsAreEqualToTheBitAndAFinishedOneIsNotTrainedAgain() throws IOException {
    Dataset<Row> rows = Frames.texts(spark.session(), 40, 16, 2);
    tuning("first", 2, 4).fit(rows);
    tuning("second", 2, 4).fit(rows);
    for (String file : List.of("checkpoint.safetensors", "pack/prompt.safetensors")) {
      assertThat(Packs.values(temp.resolve("second").resolve(file)))
          .isEqualTo(Packs.values(temp.resolve("first").resolve(file)));
    }
    List<String> before = Files.readAllLines(temp.resolve("first/metrics.jsonl"));
    tuning("first", 2, 4).fit(rows);
    assertThat(Packs.values(temp.resolve("first/pack/prompt.safetensors")))
        .isEqualTo(Packs.values(temp.resolve("second/pack/prompt.safetensors")));
    assertThat(Files.readAllLines(temp.resolve("first/metrics.jsonl"))).isEqualTo(before);
    assertThat(Packs.values(temp.resolve("first/checkpoint.safetensors")))
        .isEqualTo(Packs.values(temp.resolve("second/checkpoint.safetensors")));
    assertThatThrownBy(() -> tuning("first", 2, 4).setSetting("seed", 4).fit(rows))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("seed was 3, is 4");
  }

  @Test
  void wordsAndTagsMakeATaggingTask() {
    Dataset<Row> rows = Frames.words(spark.session(), 60);
    PromptModel model =
        new PromptTuning()
            .setModel(SparkApplication.model())
            .setWordsCol("tokens_of")
            .setTagsCol("marks")
            .setOut(text(temp.resolve("words")))
            .setMethod("head-only")
            .setSetting("epochs", 1)
            .fit(rows);
    Row answered = model.transform(rows.drop("marks").limit(1)).first();
    assertThat(answered.<String>getAs("answer")).contains("\"entities\"");
    assertThat(answered.<String>getAs("error")).isNull();
  }

  @Test
  void whatIsMissingIsSaid() {
    Dataset<Row> rows = Frames.texts(spark.session(), 8, 4, 3);
    assertThatThrownBy(() -> tuning("few", 1, 4).setModel("/no/such/model").fit(rows))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model: there is no folder /no/such/model at 127.0.0.1");
    assertThatThrownBy(() -> tuning("few", 1, 4).setLabelCol("nothing").fit(rows))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> new PromptTuning().fit(rows))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("model: is missing");
    assertThatThrownBy(() -> tuning("few", 1, 4).setSetting("promtLength", 2))
        .hasMessageContaining("did you mean 'promptLength'?");
    assertThatThrownBy(() -> tuning("few", 1, 4).setSetting("lr", "much").fit(rows))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lr");
  }
}
