package org.ptuning4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.spark.SparkApplication.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.tensor.engine.Precision;

/** Rows are answered as a predictor answers them. */
class PromptModelTest {

  @TempDir static Path temp;
  private static SparkApplication spark;
  private static PromptModel model;

  @BeforeAll
  static void train() {
    spark = SparkApplication.local(2);
    model = tuning("model", 1).fit(Frames.texts(spark.session(), 64, 16, 1));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static PromptTuning tuning(String out, int seed) {
    return new PromptTuning()
        .setModel(SparkApplication.model())
        .setTextCol("sentence")
        .setLabelCol("answer_is")
        .setValidationIndicatorCol("held_out")
        .setOut(text(temp.resolve(out)))
        .setWorkers(2)
        .setPrecision("fp32")
        .setSetting("batch", 8)
        .setSetting("epochs", 1)
        .setSetting("seed", seed);
  }

  private static Dataset<Row> rows() {
    return Frames.texts(spark.session(), 40, 0, 9).select("sentence");
  }

  @Test
  void answersAreThoseOfAPredictor() {
    Path pack = temp.resolve("model/pack");
    List<Row> answers = model.setRowsAtOnce(7).transform(rows()).collectAsList();
    assertThat(answers).hasSize(40);
    try (Predictor predictor = Predictor.open(Path.of(SparkApplication.model()), Precision.FP32)) {
      predictor.add("toy", pack);
      for (Row row : answers) {
        String label =
            predictor
                .answer(Request.of("toy", row.<String>getAs("sentence")))
                .oneLabel()
                .orElseThrow()
                .label();
        assertThat(row.<String>getAs("prediction")).isEqualTo(label);
        assertThat(row.<String>getAs("answer")).contains("\"probabilities\"");
        assertThat(row.<String>getAs("error")).isNull();
      }
    }
  }

  @Test
  void rowsThatCannotBeUsedSayWhy() {
    Dataset<Row> rows =
        rows()
            .limit(3)
            .unionByName(
                rows().limit(2).withColumn("sentence", functions.lit(null).cast("string")));
    List<Row> answers = model.transform(rows).collectAsList();
    assertThat(answers).hasSize(5);
    assertThat(answers.stream().filter(row -> row.getAs("prediction") == null).toList())
        .hasSize(2)
        .allSatisfy(row -> assertThat(row.<String>getAs("error")).contains("is missing"));
    assertThat(answers.stream().filter(row -> row.getAs("error") == null).toList()).hasSize(3);
  }

  @Test
  void aColumnNamesThePack() {
    tuning("other", 2).setMethod("head-only").fit(Frames.texts(spark.session(), 64, 16, 4));
    Path first = temp.resolve("model/pack");
    Path second = temp.resolve("other/pack");
    PromptModel both =
        PromptModel.of(SparkApplication.model(), Map.of("a", text(first), "b", text(second)))
            .setPrecision("fp32");
    assertThatThrownBy(() -> both.transform(rows()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("there are 2 packs");
    Dataset<Row> mixed =
        rows()
            .withColumn(
                "which",
                functions.expr("element_at(array('a', 'b', 'c'), 1 + length(sentence) % 3)"));
    List<Row> answers = both.setPackCol("which").transform(mixed).collectAsList();
    try (Predictor predictor = Predictor.open(Path.of(SparkApplication.model()), Precision.FP32)) {
      predictor.add("a", first);
      predictor.add("b", second);
      for (Row row : answers) {
        String which = row.getAs("which");
        if (which.equals("c")) {
          assertThat(row.<String>getAs("error")).contains("there is no pack 'c'");
        } else {
          assertThat(row.<String>getAs("prediction"))
              .isEqualTo(
                  predictor
                      .answer(Request.of(which, row.<String>getAs("sentence")))
                      .oneLabel()
                      .orElseThrow()
                      .label());
        }
      }
    }
    assertThat(answers.stream().map(row -> row.<String>getAs("which")).distinct()).hasSize(3);
  }

  @Test
  void bothAreSavedAndReadAgainAlsoInAPipeline() throws Exception {
    String folder = text(temp.resolve("saved"));
    model.write().overwrite().save(folder);
    PromptModel read = PromptModel.load(folder);
    assertThat(read.uid()).isEqualTo(model.uid());
    assertThat(predictions(read.transform(rows()))).isEqualTo(predictions(model.transform(rows())));
    assertThat(read.result()).isEqualTo(model.result()).contains("\"best\"");

    String pipeline = text(temp.resolve("pipeline"));
    PromptTuning tuning = tuning("in-a-pipeline", 3);
    new Pipeline().setStages(new PipelineStage[] {tuning}).write().overwrite().save(pipeline);
    PromptTuning again = (PromptTuning) Pipeline.load(pipeline).getStages()[0];
    assertThat(again.extractParamMap().toSeq().toSet())
        .isEqualTo(tuning.extractParamMap().toSeq().toSet());
    String fitted = text(temp.resolve("fitted"));
    PipelineModel one = new Pipeline().setStages(new PipelineStage[0]).fit(rows());
    assertThat(one.stages()).isEmpty();
    again.copy(again.extractParamMap()).write().overwrite().save(fitted);
    assertThat(PromptTuning.load(fitted).explainParams()).contains("promptLength:");
  }

  private static List<String> predictions(Dataset<Row> answers) {
    return answers.orderBy("sentence").collectAsList().stream()
        .map(row -> row.<String>getAs("answer"))
        .toList();
  }

  @Test
  void aColumnThatIsThereAlreadyIsNotOverwritten() {
    assertThatThrownBy(() -> model.transform(rows().withColumn("answer", functions.lit(1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("answerCol: there is a column 'answer' already");
  }

  @Test
  void moreWorkersThanSlotsAreRefused() {
    assertThatThrownBy(
            () ->
                tuning("too-many", 1)
                    .setWorkers(3)
                    .setSlotSeconds(0)
                    .fit(Frames.texts(spark.session(), 8, 4, 1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("workers: 3 need as many slots at once, and the cluster has 2");
  }
}
