package org.ptuning4j.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
 * Greedy and beam search with penalties, against what transformers 5.12.1 finds with the same GPT-2
 * and the same T5, of which the text is the source: tokens exactly, scores to four digits.
 */
class GoldenSearchTest {

  private static final int MOST = 12;

  private static Backbone gpt2;
  private static Backbone t5;

  @BeforeAll
  static void load() {
    gpt2 = load("gpt2");
    t5 = load("t5");
  }

  private static Backbone load(String family) {
    return BackboneFamilies.standard()
        .load(ModelFolder.open(TinyModel.folder(family)), Engine.reference());
  }

  @AfterAll
  static void close() {
    gpt2.close();
    t5.close();
  }

  @TestFactory
  Stream<DynamicTest> whatAnotherImplementationFinds() throws IOException {
    return tests("gpt2-searches.json", GoldenSearchTest::continued);
  }

  @TestFactory
  Stream<DynamicTest> whatAnotherImplementationFindsAfterASource() throws IOException {
    return tests("t5-searches.json", GoldenSearchTest::written);
  }

  private static Stream<DynamicTest> tests(String name, Function<int[], Asked> asked)
      throws IOException {
    try (InputStream file = GoldenSearchTest.class.getResourceAsStream("/generation/" + name)) {
      List<DynamicTest> tests = new ArrayList<>();
      for (JsonNode each : new ObjectMapper().readTree(file)) {
        String shown =
            each.get("settings") + " after " + each.get("text") + " to " + each.get("ends");
        Asked start = asked.apply(ints(each.get("text")));
        tests.add(DynamicTest.dynamicTest(shown, () -> compare(each, start)));
      }
      assertThat(tests).hasSize(36);
      return tests.stream();
    }
  }

  /** A model at the end of what it has read, and the tokens that it goes on from. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Asked(Backbone backbone, TokenRow row, int... text) {}

  private static Asked continued(int[] text) {
    TokenRow row = TokenRow.of(text, new int[text.length]).withAnchor(text.length - 1);
    return new Asked(gpt2, row, text);
  }

  /** The target begins with the padding token. */
  private static Asked written(int[] source) {
    int[] ids = Arrays.copyOf(source, source.length + 1);
    TokenRow row =
        TokenRow.of(ids, new int[ids.length]).withAnchor(source.length).withTarget(source.length);
    return new Asked(t5, row, 0);
  }

  private static void compare(JsonNode expected, Asked asked) {
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

    List<Continuation> found = search(settings, ends, asked);

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
      GenerationSettings settings, Set<Integer> ends, Asked asked) {
    return Scope.run(
        () -> {
          TokenBatch tokens = TokenBatch.of(List.of(asked.row()), 0);
          try (NextTokens model =
              new CachedNextTokens(asked.backbone(), tokens, Injection.none())) {
            return Search.of(settings, ends, TextListener.NONE)
                .run(List.of(asked.text()), model, TableModel::decode)
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
