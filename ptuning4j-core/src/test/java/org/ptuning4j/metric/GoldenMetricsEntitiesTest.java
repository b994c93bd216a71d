package org.ptuning4j.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.metric.EntityScores.Chunk;
import org.ptuning4j.metric.EntityScores.Mode;

/** Compares entities and their scores with those of another implementation, to 1e-9. */
class GoldenMetricsEntitiesTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);
  private static final Map<String, Mode> MODES =
      Map.of(
          "default", Mode.DEFAULT,
          "strict_IOB2", Mode.STRICT_IOB2,
          "strict_IOBES", Mode.STRICT_IOBES);

  @TestFactory
  Stream<DynamicTest> cases() {
    Path file = GoldenSet.folder().resolve("metrics/entities.json");
    assumeTrue(
        System.getProperty("golden.dir") == null || Files.exists(file),
        () -> file + " is not there");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : GoldenSet.json(file).path("cases")) {
      tests.add(DynamicTest.dynamicTest(golden.get("name").asText(), () -> compare(golden)));
    }
    assertThat(tests).hasSizeGreaterThan(50);
    return tests.stream();
  }

  private static void compare(JsonNode golden) {
    Mode mode = MODES.get(golden.get("mode").asText());
    List<List<String>> truth = tags(golden.get("y_true"));
    List<List<String>> predicted = tags(golden.get("y_pred"));
    JsonNode expected = golden.get("expected");
    assertThat(truth.stream().map(tags -> EntityScores.chunks(tags, mode)).toList())
        .isEqualTo(chunks(expected.get("entities_true")));
    assertThat(predicted.stream().map(tags -> EntityScores.chunks(tags, mode)).toList())
        .isEqualTo(chunks(expected.get("entities_pred")));

    EntityScores scores = EntityScores.of(truth, predicted, mode);
    assertThat(scores.precision()).isCloseTo(expected.get("precision").asDouble(), CLOSE);
    assertThat(scores.recall()).isCloseTo(expected.get("recall").asDouble(), CLOSE);
    assertThat(scores.f1()).isCloseTo(expected.get("f1").asDouble(), CLOSE);
    assertThat(scores.macroF1()).isCloseTo(expected.get("macro_f1").asDouble(), CLOSE);
    assertThat(scores.tokenAccuracy()).isCloseTo(expected.get("accuracy").asDouble(), CLOSE);
    assertThat(scores.support()).isEqualTo(expected.get("n_true").asInt());
    assertThat(scores.predicted()).isEqualTo(expected.get("n_pred").asInt());
    compareTypes(scores, expected.get("per_type"));
    if (mode == Mode.DEFAULT) {
      assertThat(EntityScores.of(truth, predicted).types()).isEqualTo(scores.types());
    }
  }

  private static void compareTypes(EntityScores scores, JsonNode expected) {
    List<String> types = new ArrayList<>();
    expected.fieldNames().forEachRemaining(types::add);
    assertThat(scores.types().keySet()).containsExactlyElementsOf(types.stream().sorted().toList());
    double weighted = 0;
    for (String type : types) {
      LabelScore score = scores.types().get(type);
      JsonNode wanted = expected.get(type);
      assertThat(score.precision()).isCloseTo(wanted.get("precision").asDouble(), CLOSE);
      assertThat(score.recall()).isCloseTo(wanted.get("recall").asDouble(), CLOSE);
      assertThat(score.f1()).isCloseTo(wanted.get("f1").asDouble(), CLOSE);
      assertThat(score.support()).isEqualTo(wanted.get("support").asInt());
      weighted += wanted.get("f1").asDouble() * wanted.get("support").asInt();
    }
    assertThat(scores.weightedF1() * scores.support()).isCloseTo(weighted, CLOSE);
  }

  private static List<List<String>> tags(JsonNode sentences) {
    List<List<String>> tags = new ArrayList<>();
    for (JsonNode sentence : sentences) {
      List<String> row = new ArrayList<>();
      sentence.forEach(tag -> row.add(tag.asText()));
      tags.add(row);
    }
    return tags;
  }

  private static List<List<Chunk>> chunks(JsonNode sentences) {
    List<List<Chunk>> chunks = new ArrayList<>();
    for (JsonNode sentence : sentences) {
      List<Chunk> row = new ArrayList<>();
      sentence.forEach(
          c -> row.add(new Chunk(c.get(0).asText(), c.get(1).asInt(), c.get(2).asInt())));
      chunks.add(row);
    }
    return chunks;
  }
}
