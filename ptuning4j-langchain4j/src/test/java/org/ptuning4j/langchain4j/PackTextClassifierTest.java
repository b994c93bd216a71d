package org.ptuning4j.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.classification.ClassificationResult;
import dev.langchain4j.classification.ScoredLabel;
import dev.langchain4j.classification.TextClassifier;
import dev.langchain4j.data.document.Document;
import dev.langchain4j.data.segment.TextSegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.predict.Predictor;
import org.ptuning4j.predict.Request;
import org.ptuning4j.predict.batching.Batcher;
import org.ptuning4j.predict.batching.BatcherListener;
import org.ptuning4j.predict.batching.BatcherSettings;
import org.ptuning4j.task.Answer;
import org.ptuning4j.task.LabelAnswer;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.template.Template;
import org.ptuning4j.task.text.LabelsAnswer;
import org.ptuning4j.task.text.SequenceClassificationTask;
import org.ptuning4j.tensor.engine.Precision;

class PackTextClassifierTest {

  private static final String GOOD = "The film was wonderful.";
  private static final String BAD = "The meal was awful.";

  @TempDir static Path folder;
  private static Predictor predictor;

  private enum Mood {
    GOOD,
    BAD
  }

  @BeforeAll
  static void train() {
    predictor = Predictor.open(TinyPacks.model(), Precision.FP32);
    predictor.add(
        "mood",
        TinyPacks.train(
            folder,
            SequenceClassificationTask.onText("mood", Template.column("text"), "label"),
            15,
            TinyPacks.rows("\"label\": \"good\"", "\"label\": \"bad\"")));
    predictor.add("topics", TinyPacks.train(folder, topics(), 1, topicRows()));
    predictor.add(
        "pairs",
        TinyPacks.train(
            folder,
            SequenceClassificationTask.onPair(
                "pairs", Template.column("text"), Template.column("other"), "label"),
            1,
            TinyPacks.rows(
                "\"other\": \"Yes.\", \"label\": \"yes\"",
                "\"other\": \"No.\", \"label\": \"no\"")));
    predictor.add(
        "stars",
        TinyPacks.train(folder, stars(), 1, TinyPacks.rows("\"label\": 5", "\"label\": 1")));
  }

  @AfterAll
  static void close() {
    predictor.close();
  }

  private static Task<?> topics() {
    return task(Map.of("kind", "multi-label", "name", "topics", "text", "text"));
  }

  private static Task<?> stars() {
    return task(Map.of("kind", "regression", "name", "stars", "text", "text", "min", 0, "max", 6));
  }

  private static String topicRows() {
    return TinyPacks.rows("\"label\": [\"praise\", \"any\"]", "\"label\": [\"any\"]");
  }

  private static TextClassifier<String> mood() {
    return PackTextClassifier.of(predictor, "mood");
  }

  @Test
  void theLabelIsThatOfThePack() {
    assertThat(mood().classify(GOOD)).containsExactly("good");
    assertThat(mood().classify(BAD)).containsExactly("bad");
    assertThat(mood().classify(TextSegment.from(BAD))).containsExactly("bad");
    assertThat(mood().classify(Document.from(GOOD))).containsExactly("good");
  }

  @Test
  void scoresAreThePacksProbabilities() {
    LabelAnswer answer = predictor.answer(Request.of("mood", GOOD)).oneLabel().orElseThrow();
    assertThat(mood().classifyWithScores(GOOD))
        .isEqualTo(
            new ClassificationResult<>(List.of(new ScoredLabel<>("good", answer.probability()))));
    List<ScoredLabel<String>> all =
        PackTextClassifier.of(predictor, "mood")
            .ofAllLabels()
            .classifyWithScores(BAD)
            .scoredLabels();
    assertThat(all).extracting(ScoredLabel::label).containsExactly("bad", "good");
    assertThat(all.get(0).score()).isGreaterThan(0.5);
    assertThat(all.get(0).score() + all.get(1).score()).isBetween(0.9999, 1.0001);
  }

  @Test
  void severalLabelsMayApply() {
    TextClassifier<String> topics = PackTextClassifier.of(predictor, "topics");
    Answer answer = predictor.answer(Request.of("topics", GOOD));
    assertThat(topics.classify(GOOD))
        .containsExactlyInAnyOrderElementsOf(((LabelsAnswer) answer).labels());
    List<ScoredLabel<String>> all =
        PackTextClassifier.of(predictor, "topics")
            .ofAllLabels()
            .classifyWithScores(GOOD)
            .scoredLabels();
    assertThat(all).extracting(ScoredLabel::label).containsExactlyInAnyOrder("praise", "any");
    assertThat(all.get(0).score()).isGreaterThanOrEqualTo(all.get(1).score());
  }

  @Test
  void limitsLeaveLabelsOut() {
    PackTextClassifier<String> all = PackTextClassifier.of(predictor, "mood").ofAllLabels();
    assertThat(all.withMaxResults(1).classify(BAD)).containsExactly("bad");
    assertThat(all.withMinScore(0.5).classify(GOOD)).containsExactly("good");
    assertThat(all.withMinScore(1).classify("The weather.")).isEmpty();
    assertThatThrownBy(() -> all.withMaxResults(0)).hasMessageContaining("maxResults: 0");
    assertThatThrownBy(() -> all.withMinScore(1.5)).hasMessageContaining("minScore: 1.5");
    assertThatThrownBy(() -> all.withMinScore(Double.NaN)).hasMessageContaining("minScore: NaN");
  }

  @Test
  void labelsMayBeAProgramsOwn() {
    TextClassifier<Mood> moods =
        PackTextClassifier.of(predictor, "mood")
            .mapped(label -> Mood.valueOf(label.toUpperCase(Locale.ROOT)));
    assertThat(moods.classify(GOOD)).containsExactly(Mood.GOOD);
    assertThat(moods.classify(BAD)).containsExactly(Mood.BAD);
  }

  @Test
  void textsMayShareBatchesWithOthers() {
    TextClassifier<String> batched;
    try (Batcher batcher =
        Batcher.over(predictor, BatcherSettings.standard(), BatcherListener.NONE)) {
      batched = PackTextClassifier.of(predictor, batcher, "mood");
      assertThat(List.of(GOOD, BAD, GOOD).parallelStream().map(batched::classify))
          .containsExactly(List.of("good"), List.of("bad"), List.of("good"));
    }
    assertThatThrownBy(() -> batched.classify(GOOD)).hasMessageContaining("no more is answered");
  }

  @Test
  void tasksWithoutLabelsOfOneTextAreRefused() {
    assertThatThrownBy(() -> PackTextClassifier.of(predictor, "pairs"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'pairs' reads text and pair");
    assertThatThrownBy(() -> PackTextClassifier.of(predictor, "stars"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'stars'")
        .hasMessageContaining("labels with probabilities");
    assertThatThrownBy(() -> PackTextClassifier.of(predictor, "moods"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'moods'");
  }

  private static Task<?> task(Map<String, Object> definition) {
    return TaskKinds.standard().read(definition);
  }
}
