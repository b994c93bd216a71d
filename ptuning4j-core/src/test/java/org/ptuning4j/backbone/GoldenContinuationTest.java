package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The likeliest continuations, token for token, against another implementation: of texts that are
 * padded on the left, plain, with a deep prefix and with soft tokens. Once all is computed anew for
 * each token; once only the token is, with the keys and values of what precedes it as its prefix.
 */
class GoldenContinuationTest {

  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> computedAnew() {
    return tests(GoldenContinuationTest::anew);
  }

  @TestFactory
  Stream<DynamicTest> withThePastAsPrefix() {
    return tests(GoldenContinuationTest::goingOn);
  }

  /** Finds the tokens, {@code [B][steps]}, and gives each step's logits to the listener. */
  private interface Continuation {
    void of(Case c, Backbone backbone, Steps steps);
  }

  /** What is expected of each step. */
  private static final class Steps {

    private final Case c;
    private final long[] tokens; // [B · steps]
    private final int count;
    private int step;

    Steps(Case c) {
      this.c = c;
      Tensor expected = c.output("tokens");
      this.tokens = Tensors.longs(expected);
      this.count = Math.toIntExact(expected.size(1));
    }

    boolean goOn() {
      return step < count;
    }

    /** Compares a step's scores, {@code [B, V]}, and gives the likeliest token of each row. */
    long[] likeliest(Tensor logits) {
      if (step == 0) {
        assertClose("first step", logits, c.output("first_step_logits"), TOLERANCE, 0);
      }
      if (step == count - 1) {
        assertClose("last step", logits, c.output("last_step_logits"), TOLERANCE, 0);
      }
      long[] found = Tensors.longs(logits.argmax(new org.bytedeco.pytorch.LongOptional(1), false));
      int now = step++;
      long[] expected =
          IntStream.range(0, found.length).mapToLong(row -> tokens[row * count + now]).toArray();
      assertThat(found).as("tokens of step " + now).isEqualTo(expected);
      return found;
    }
  }

  private static Stream<DynamicTest> tests(Continuation continuation) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, "generate")) {
        tests.add(
            DynamicTest.dynamicTest(
                c.name(), () -> Scope.run(() -> continued(c, folder, continuation))));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).hasSizeGreaterThanOrEqualTo(3);
    return tests.stream();
  }

  private static void continued(Case c, Path folder, Continuation continuation) {
    ModelFolder model = ModelFolder.open(folder.resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(model, Engine.reference())) {
      Steps steps = new Steps(c);
      continuation.of(c, backbone, steps);
      assertThat(steps.goOn()).isFalse();
    }
  }

  private static void anew(Case c, Backbone backbone, Steps steps) {
    TokenBatch tokens = readAtTheEnd(start(c));
    while (true) {
      Tensor states =
          backbone
              .forward(
                  tokens,
                  injection(c, backbone, tokens),
                  ForwardOptions.evaluation(Positions.ANCHOR))
              .first();
      long[] next = steps.likeliest(backbone.languageModel().logits(states));
      if (!steps.goOn()) {
        return;
      }
      tokens = readAtTheEnd(appended(tokens, next));
    }
  }

  private static void goingOn(Case c, Backbone backbone, Steps steps) {
    TokenBatch tokens = readAtTheEnd(start(c));
    Injection injection = injection(c, backbone, tokens);
    int[] positions = nextPositions(tokens, injection);
    ForwardOptions options = ForwardOptions.evaluation(Positions.ANCHOR).withKeysAndValues();
    while (true) {
      BackboneOutput output = backbone.forward(tokens, injection, options);
      long[] next = steps.likeliest(backbone.languageModel().logits(output.first()));
      if (!steps.goOn()) {
        return;
      }
      Map<Integer, LayerPrefix> past = new HashMap<>();
      IntStream.range(0, output.past().size())
          .forEach(layer -> past.put(layer, output.past().get(layer)));
      injection = Injection.deep(past, Optional.of(positions.clone()));
      tokens = oneEach(next);
      for (int row = 0; row < positions.length; row++) {
        positions[row]++;
      }
    }
  }

  /** The position after each row's last token. */
  private static int[] nextPositions(TokenBatch tokens, Injection injection) {
    return IntStream.range(0, tokens.rows())
        .map(
            row ->
                injection.shift(row)
                    + (int)
                        IntStream.range(0, tokens.columns())
                            .filter(column -> tokens.mask()[row * tokens.columns() + column] != 0)
                            .count())
        .toArray();
  }

  private static TokenBatch start(Case c) {
    return c.has("soft")
        ? Prefixes.softTokensBefore(c.tokens(""), Math.toIntExact(c.input("soft").size(0)))
        : c.tokens("");
  }

  private static Injection injection(Case c, Backbone backbone, TokenBatch tokens) {
    if (c.has("soft")) {
      return Injection.inputs(Prefixes.softTokens(tokens, c.input("soft")));
    }
    if (c.has("prefix")) {
      Tensor prefix = c.input("prefix");
      return Injection.deep(
          Prefixes.ofMatrix(prefix, backbone.spec(), tokens.rows()),
          Prefixes.shift("shifted", tokens.rows(), prefix.size(0)));
    }
    return Injection.none();
  }

  private static TokenBatch oneEach(long[] ids) {
    long[] mask = new long[ids.length];
    Arrays.fill(mask, 1);
    return new TokenBatch(ids.length, 1, ids, mask, new long[ids.length]);
  }

  private static TokenBatch readAtTheEnd(TokenBatch tokens) {
    int[] anchors = new int[tokens.rows()];
    Arrays.fill(anchors, tokens.columns() - 1);
    return new TokenBatch(
        tokens.rows(),
        tokens.columns(),
        tokens.ids(),
        tokens.mask(),
        tokens.typeIds(),
        tokens.slots(),
        anchors);
  }

  private static TokenBatch appended(TokenBatch tokens, long[] next) {
    int columns = tokens.columns() + 1;
    int size = tokens.rows() * columns;
    long[] ids = new long[size];
    long[] mask = new long[size];
    int[] slots = new int[tokens.slots().length == 0 ? 0 : size];
    for (int at = 0; at < size; at++) {
      int row = at / columns;
      boolean last = at % columns == columns - 1;
      int from = row * tokens.columns() + at % columns;
      ids[at] = last ? next[row] : tokens.ids()[from];
      mask[at] = last ? 1 : tokens.mask()[from];
      if (slots.length > 0) {
        slots[at] = last ? TokenRow.WORD : tokens.slots()[from];
      }
    }
    return new TokenBatch(
        tokens.rows(), columns, ids, mask, new long[size], slots, new int[tokens.rows()]);
  }
}
