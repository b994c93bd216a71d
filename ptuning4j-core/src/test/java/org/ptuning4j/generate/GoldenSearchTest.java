package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Greedy and beam search with penalties, against what transformers 5.12.1 finds with the same
 * GPT-2: tokens exactly, scores to four digits.
 */
class GoldenSearchTest {

  private static final int MOST = 12;

  private static Backbone backbone;

  @BeforeAll
  static void load() {
    backbone =
        BackboneFamilies.standard()
            .load(ModelFolder.open(TinyModel.folder("gpt2")), Engine.reference());
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  @TestFactory
  Stream<DynamicTest> whatAnotherImplementationFinds() throws IOException {
    try (InputStream file =
        GoldenSearchTest.class.getResourceAsStream("/generation/gpt2-searches.json")) {
      List<DynamicTest> tests = new ArrayList<>();
      for (JsonNode each : new ObjectMapper().readTree(file)) {
        String name =
            each.get("settings") + " after " + each.get("text") + " to " + each.get("ends");
        tests.add(DynamicTest.dynamicTest(name, () -> compare(each)));
      }
      assertThat(tests).hasSize(36);
      return tests.stream();
    }
  }

  private static void compare(JsonNode expected) {
    JsonNode set = expected.get("settings");
    GenerationSettings settings =
        new GenerationSettings(
            MOST,
            0,
            0,
            1,
            set.path("repetition_penalty").asDouble(1),
            set.get("num_beams").asInt(),
            set.path("length_penalty").asDouble(1),
            set.path("num_return_sequences").asInt(1),
            List.of(),
            0);
    Set<Integer> ends = new HashSet<>();
    expected.get("ends").forEach(end -> ends.add(end.asInt()));
    int[] text = ints(expected.get("text"));

    List<Continuation> found = search(settings, ends, text);

    assertThat(found).hasSameSizeAs(expected.get("sequences"));
    for (int i = 0; i < found.size(); i++) {
      JsonNode sequence = expected.get("sequences").get(i);
      Continuation continuation = found.get(i);
      assertThat(continuation.tokens().stream().mapToInt(each -> each).toArray())
          .isEqualTo(ints(sequence.get("tokens")));
      boolean ended = sequence.get("ended").asBoolean();
      assertThat(continuation.ending()).isEqualTo(ended ? Ending.END_TOKEN : Ending.LENGTH);
      if (expected.has("scores")) {
        int length = continuation.tokens().size() + (ended ? 1 : 0);
        double score = continuation.logProbability() / Math.pow(length, settings.lengthPenalty());
        assertThat(score).isCloseTo(expected.get("scores").get(i).asDouble(), within(1e-4));
      }
    }
  }

  private static List<Continuation> search(
      GenerationSettings settings, Set<Integer> ends, int[] text) {
    TokenRow row = TokenRow.of(text, new int[text.length]).withAnchor(text.length - 1);
    return Scope.run(
        () -> {
          try (NextTokens model =
              new CachedNextTokens(backbone, TokenBatch.of(List.of(row), 0), Injection.none())) {
            return Search.of(settings, ends, TextListener.NONE)
                .run(List.of(text), model, TableModel::decode)
                .get(0);
          }
        });
  }

  private static int[] ints(JsonNode list) {
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i).asInt();
    }
    return values;
  }
}
