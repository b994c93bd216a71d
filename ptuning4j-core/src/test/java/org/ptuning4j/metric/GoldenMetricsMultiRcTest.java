package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.metric.MultiRcMetrics.Option;

/** Compares MultiRC's figures with those of another implementation, to 1e-9. */
class GoldenMetricsMultiRcTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  @TestFactory
  Stream<DynamicTest> cases() {
    Path file = GoldenSet.folder().resolve("metrics/multirc.json");
    assumeTrue(
        System.getProperty("golden.dir") == null || Files.exists(file),
        () -> file + " is not there");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : GoldenSet.json(file).path("cases")) {
      tests.add(DynamicTest.dynamicTest("case " + tests.size(), () -> compare(golden)));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static void compare(JsonNode golden) {
    List<Option> options = new ArrayList<>();
    for (JsonNode row : golden.get("rows")) {
      options.add(
          new Option(
              row.get("paragraph").asInt(),
              row.get("question").asInt(),
              row.get("label").asInt() == 1,
              row.get("prediction").asInt() == 1));
    }
    MultiRcMetrics metrics = MultiRcMetrics.of(options);
    JsonNode expected = golden.get("expected");
    assertThat(metrics.f1a().orElse(0)).isCloseTo(expected.get("f1_a").asDouble(), CLOSE);
    assertThat(metrics.exactMatch()).isCloseTo(expected.get("exact_match").asDouble(), CLOSE);
    assertThat(metrics.f1m()).isCloseTo(expected.get("f1_m_binary").asDouble(), CLOSE);
    assertThat(metrics.macroF1m()).isCloseTo(expected.get("f1_m_sklearn_macro").asDouble(), CLOSE);
    assertThat(metrics.accuracy()).isCloseTo(expected.get("accuracy").asDouble(), CLOSE);
    assertThat(metrics.questions()).isEqualTo(expected.get("questions").asInt());
  }
}
