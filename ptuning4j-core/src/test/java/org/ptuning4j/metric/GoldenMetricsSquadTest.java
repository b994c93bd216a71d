package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.metric.SquadMetrics.Answer;
import org.ptuning4j.metric.SquadMetrics.BestThresholds;
import org.ptuning4j.metric.SquadMetrics.Scores;
import org.ptuning4j.metric.SquadMetrics.Split;

/** Compares SQuAD's figures with those of another implementation, to 1e-9. */
class GoldenMetricsSquadTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  @TestFactory
  Stream<DynamicTest> normalisedTexts() {
    return each("normalize", GoldenMetricsSquadTest::compareNormalised);
  }

  @TestFactory
  Stream<DynamicTest> pairsOfTexts() {
    return each("pairs", GoldenMetricsSquadTest::comparePair);
  }

  @TestFactory
  Stream<DynamicTest> setsOfVersion1() {
    return each("v1", GoldenMetricsSquadTest::compareVersion1);
  }

  @TestFactory
  Stream<DynamicTest> setsOfVersion2() {
    return each("v2", GoldenMetricsSquadTest::compareVersion2);
  }

  private static void compareNormalised(JsonNode golden) {
    assertThat(SquadMetrics.normalise(golden.get("text").asText()))
        .isEqualTo(golden.get("normalized").asText());
  }

  private static void comparePair(JsonNode golden) {
    String gold = golden.get("gold").asText();
    String text = golden.get("pred").asText();
    assertThat(SquadMetrics.exact(gold, text)).isEqualTo(golden.get("exact").asInt() == 1);
    assertThat(SquadMetrics.f1(gold, text)).isCloseTo(golden.get("f1_v2").asDouble(), CLOSE);
    assertThat(SquadMetrics.sharedWordsF1(gold, text))
        .isCloseTo(golden.get("f1_v1").asDouble(), CLOSE);
  }

  private static void compareVersion1(JsonNode golden) {
    List<Answer> answers = answers(golden);
    Scores scores = SquadMetrics.version1(answers);
    assertThat(scores.exact()).isCloseTo(golden.get("exact_match").asDouble(), CLOSE);
    assertThat(scores.f1()).isCloseTo(golden.get("f1").asDouble(), CLOSE);
    assertThat(scores.questions()).isEqualTo(answers.size());
    ReCordMetrics record =
        ReCordMetrics.of(
            answers.stream().map(Answer::golds).toList(),
            answers.stream().map(Answer::text).toList());
    assertThat(100 * record.exactMatch()).isCloseTo(scores.exact(), CLOSE);
    assertThat(100 * record.f1()).isCloseTo(scores.f1(), CLOSE);
  }

  private static void compareVersion2(JsonNode golden) {
    List<Answer> answers = answers(golden);
    JsonNode expected = golden.get("expected");
    Split split = SquadMetrics.version2(answers, golden.get("no_answer_threshold").asDouble());
    compare(split.all(), expected, "");
    compare(split.hasAnswer(), expected, "HasAns_");
    compare(split.noAnswer(), expected, "NoAns_");
    BestThresholds best = SquadMetrics.bestThresholds(answers);
    assertThat(best.exact().percent()).isCloseTo(expected.get("best_exact").asDouble(), CLOSE);
    assertThat(best.exact().threshold()).isEqualTo(expected.get("best_exact_thresh").asDouble());
    assertThat(best.f1().percent()).isCloseTo(expected.get("best_f1").asDouble(), CLOSE);
    assertThat(best.f1().threshold()).isEqualTo(expected.get("best_f1_thresh").asDouble());
  }

  private static void compare(Scores scores, JsonNode expected, String prefix) {
    assertThat(scores.questions()).isEqualTo(expected.path(prefix + "total").asInt());
    assertThat(scores.exact()).isCloseTo(expected.path(prefix + "exact").asDouble(), CLOSE);
    assertThat(scores.f1()).isCloseTo(expected.path(prefix + "f1").asDouble(), CLOSE);
  }

  private static List<Answer> answers(JsonNode golden) {
    List<Answer> answers = new ArrayList<>();
    for (JsonNode row : golden.get("rows")) {
      List<String> golds = new ArrayList<>();
      row.get("golds").forEach(gold -> golds.add(gold.asText()));
      answers.add(
          new Answer(golds, row.get("pred").asText(), row.path("no_answer_prob").asDouble()));
    }
    return answers;
  }

  private static Stream<DynamicTest> each(String list, Consumer<JsonNode> compare) {
    Path file = GoldenSet.folder().resolve("metrics/squad.json");
    assumeTrue(
        System.getProperty("golden.dir") == null || Files.exists(file),
        () -> file + " is not there");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : GoldenSet.json(file).path(list)) {
      tests.add(DynamicTest.dynamicTest(list + " " + tests.size(), () -> compare.accept(golden)));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }
}
