package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares all metrics with figures of another implementation, to 1e-9. */
class GoldenClassificationMetricsTest {

  private static final String FILE = "metrics/classification.json";
  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : golden().path("cases")) {
      tests.add(DynamicTest.dynamicTest(golden.path("name").asText(), () -> compare(golden)));
    }
    assertThat(tests).isNotEmpty();
    return tests.stream();
  }

  private static void compare(JsonNode golden) {
    int[] truth = labels(golden.path("y_true"));
    int[] predicted = labels(golden.path("y_pred"));
    int highest = Stream.of(truth, predicted).flatMapToInt(Arrays::stream).max().orElseThrow();
    ClassificationMetrics metrics =
        ClassificationMetrics.of(truth, predicted, Math.max(2, highest + 1));
    int compared = 0;
    for (Metric metric : Metric.values()) {
      JsonNode expected = golden.path(metric.key());
      if (expected.isNumber()) {
        // The other implementation calls 0 what is undefined.
        double found = metrics.value(metric).orElse(0);
        assertThat(found).as(metric.key()).isCloseTo(expected.asDouble(), CLOSE);
        compared++;
      }
    }
    assertThat(compared).as("figures compared").isGreaterThanOrEqualTo(5);
  }

  private static int[] labels(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static JsonNode golden() throws IOException {
    String folder = System.getProperty("golden.dir");
    if (folder == null) {
      try (InputStream in =
          GoldenClassificationMetricsTest.class.getResourceAsStream("/golden/" + FILE)) {
        return new ObjectMapper().readTree(in);
      }
    }
    Path file = Path.of(folder).resolve(FILE);
    assumeTrue(Files.exists(file), () -> file + " is not there");
    return new ObjectMapper().readTree(file.toFile());
  }
}
