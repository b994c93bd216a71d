package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.generate.CachedNextTokens;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.vocabulary.LanguageModelHeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.MixedPrompts;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** What holds of every encoder–decoder, whatever its numbers are: on a small one. */
class EncoderDecoderTest {

  @TempDir static Path temp;

  private static Backbone backbone;

  @BeforeAll
  static void load() {
    backbone = new TinyFamily("mt5").load(temp);
  }

  @AfterAll
  static void close() {
    backbone.close();
  }

  /** A source of some length with a target of another. */
  private static TokenRow row(int seed, int source, int target) {
    RandomStream random = RandomStream.of(seed);
    int[] ids = new int[source + target];
    Arrays.setAll(ids, i -> 10 + random.nextInt(TinyFamily.VOCABULARY - 10));
    TokenRow row = TokenRow.of(ids, new int[ids.length]);
    return target == 0 ? row : row.withTarget(source).withAnchor(ids.length - 1);
  }

  private static PromptModule prompt(int length, int seed) {
    return PTuningV2.asPublished(length)
        .create(new PromptContext(backbone.spec(), backbone.engine(), RandomStream.of(seed), null));
  }

  private static Optional<TrainedPrompt> trained(int length, int seed) {
    try (PromptModule module = prompt(length, seed)) {
      Autograd.withoutGraph(
          () ->
              Scope.run(
                  () -> module.parameters().forEach(each -> each.tensor().mul_(new Scalar(20)))));
      return module.flatten();
    }
  }

  private static Tensor states(
      List<TokenRow> rows, List<Optional<TrainedPrompt>> prompts, Positions positions) {
    TokenBatch tokens = TokenBatch.of(rows, 0);
    Injection injection =
        new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts);
    return backbone.forward(tokens, injection, ForwardOptions.evaluation(positions)).lastHidden();
  }

  /** Rows with and without a target, with prompts of different lengths or none. */
  @Test
  void rowsOfABatchAreAsTheyAreAlone() {
    List<TokenRow> rows = List.of(row(1, 5, 3), row(2, 9, 0), row(3, 2, 7), row(4, 7, 1));
    List<Optional<TrainedPrompt>> prompts =
        List.of(trained(2, 5), trained(4, 6), Optional.empty(), trained(3, 7));
    Scope.run(
        () -> {
          Tensor together = states(rows, prompts, Positions.ALL);
          Tensor anchors = states(rows, prompts, Positions.ANCHOR);
          for (int i = 0; i < rows.size(); i++) {
            List<TokenRow> one = rows.subList(i, i + 1);
            Tensor alone = states(one, prompts.subList(i, i + 1), Positions.ALL);
            Tensor own = together.select(0, i).narrow(0, 0, one.get(0).length());
            assertClose("row " + i, own, alone.select(0, 0), 1e-5, 0);
            Tensor anchor = alone.select(0, 0).select(0, one.get(0).anchor());
            assertClose("anchor", anchors.select(0, i).select(0, 0), anchor, 1e-5, 0);
            Tensor plain = states(one, List.of(Optional.empty()), Positions.ALL);
            double moved = plain.sub(alone).abs().max().item_double();
            assertThat(moved > 1e-3).isEqualTo(prompts.get(i).isPresent());
          }
        });
    prompts.forEach(prompt -> prompt.ifPresent(TrainedPrompt::close));
  }

  /** Scores with kept keys and values are those of whole rows, also where rows change places. */
  @Test
  void goingOnIsReadingAnew() {
    List<TokenRow> rows = List.of(row(1, 5, 1), row(2, 9, 1), row(3, 2, 1));
    List<Optional<TrainedPrompt>> prompts = List.of(trained(2, 5), Optional.empty(), trained(4, 6));
    TokenBatch tokens = TokenBatch.of(rows, 0);
    Autograd.inference(
        () ->
            Scope.run(
                () -> {
                  Injection injection =
                      new MixedPrompts(backbone.spec(), backbone.engine()).inject(tokens, prompts);
                  try (CachedNextTokens cached =
                      new CachedNextTokens(backbone, tokens, injection)) {
                    List<TokenRow> now = new ArrayList<>(rows);
                    List<Optional<TrainedPrompt>> with = new ArrayList<>(prompts);
                    int[][] parents = {{0, 1, 2}, {2, 2, 0}, {0, 2}, {1, 0}};
                    for (int[] step : parents) {
                      int[] next = IntStream.of(step).map(parent -> 50 + 7 * parent).toArray();
                      cached.advance(step, next);
                      now = longer(now, step, next);
                      List<Optional<TrainedPrompt>> before = with;
                      with = IntStream.of(step).mapToObj(before::get).toList();
                      Tensor read = states(now, with, Positions.ANCHOR).select(1, 0);
                      float[] expected = Tensors.floats(backbone.languageModel().logits(read));
                      float[][] found = cached.scores();
                      for (int i = 0; i < expected.length; i++) {
                        assertThat(found[i / found[0].length][i % found[0].length])
                            .isCloseTo(expected[i], within(1e-4f));
                      }
                    }
                  }
                  return null;
                }));
    prompts.forEach(prompt -> prompt.ifPresent(TrainedPrompt::close));
  }

  private static List<TokenRow> longer(List<TokenRow> rows, int[] parents, int[] next) {
    List<TokenRow> all = new ArrayList<>();
    for (int i = 0; i < parents.length; i++) {
      TokenRow row = rows.get(parents[i]);
      int[] ids = Arrays.copyOf(row.ids(), row.length() + 1);
      ids[row.length()] = next[i];
      all.add(
          TokenRow.of(ids, new int[ids.length])
              .withTarget(row.target().getAsInt())
              .withAnchor(row.length()));
    }
    return all;
  }

  private static List<Item> items() {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      TokenRow row = row(20 + i, 4 + i, 3);
      int first = row.target().getAsInt();
      items.add(
          Item.ofTokens(row, new int[] {first, first + 1, first + 2}, new int[0])
              .withTarget(
                  new Target.Tags(
                      List.of(OptionalInt.of(30 + i), OptionalInt.of(40 - i), OptionalInt.of(1)))));
    }
    return items;
  }

  private static Tensor loss(PromptModule prompt, Head head) {
    List<Item> items = items();
    TokenBatch tokens =
        TokenBatch.of(items.stream().flatMap(item -> item.rows().stream()).toList(), 0);
    Tensor states =
        backbone
            .forward(
                tokens,
                prompt.inject(tokens, Dropout.off()),
                ForwardOptions.evaluation(head.reads()))
            .lastHidden();
    return head.loss(head.scores(new HeadInput(backbone, states, items, Dropout.off())), items)
        .mean();
  }

  /** Of each of the three places of a prefix apart: encoder, target, source. */
  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    try (PromptModule prompt = prompt(3, 8);
        Head head = new LanguageModelHeadSpec().create(backbone, RandomStream.of(1))) {
      Parameter matrix = prompt.parameters().get(0);
      Scope.run(() -> loss(prompt, head).backward());
      int reading = backbone.spec().readingLayers();
      int writing = (backbone.spec().layers() - reading) / 2;
      int[][] places = {{0, reading}, {reading, writing}, {reading + writing, writing}};
      for (int[] place : places) {
        long width = backbone.spec().prefixWidth();
        double norm =
            Scope.run(() -> part(matrix.tensor().grad(), place, width).norm().item_double());
        assertThat(norm).as(Arrays.toString(place)).isGreaterThan(1e-4);
        double step = 2e-2;
        double slope =
            (moved(prompt, head, place, step / norm) - moved(prompt, head, place, -step / norm))
                / (2 * step);
        assertThat(slope).as(Arrays.toString(place)).isCloseTo(norm, within(1e-3 + 0.03 * norm));
      }
    }
  }

  private static Tensor part(Tensor matrix, int[] place, long width) {
    return matrix.detach().narrow(1, place[0] * width, place[1] * width);
  }

  private static double moved(PromptModule prompt, Head head, int[] place, double by) {
    Parameter matrix = prompt.parameters().get(0);
    long width = backbone.spec().prefixWidth();
    move(matrix, place, width, by);
    double value = Scope.run(() -> loss(prompt, head).item_double());
    move(matrix, place, width, -by);
    return value;
  }

  private static void move(Parameter matrix, int[] place, long width, double by) {
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () ->
                    part(matrix.tensor(), place, width)
                        .add_(part(matrix.tensor().grad(), place, width).mul(new Scalar(by)))));
  }

  /** A head over words reads the decoder, which a row without a target never goes through. */
  @Test
  void wordsAreNotAskedOfASourceAlone() {
    Item item =
        Item.ofTokens(row(1, 5, 0), new int[] {1}, new int[0])
            .withTarget(new Target.Tags(List.of(OptionalInt.of(30))));
    Scope.run(
        () -> {
          Tensor states = states(item.rows(), List.of(Optional.empty()), Positions.ALL);
          HeadInput input = new HeadInput(backbone, states, List.of(item), Dropout.off());
          try (Head head = new LanguageModelHeadSpec().create(backbone, RandomStream.of(1))) {
            assertThatThrownBy(() -> head.scores(input)).hasMessageContaining("no target");
          }
        });
  }

  @Test
  void whatCannotBeReadIsRefused() {
    Scope.run(
        () -> {
          ForwardOptions options = ForwardOptions.evaluation(Positions.ALL);
          TokenBatch packed =
              TokenBatch.of(List.of(row(1, 5, 2)), 0).with(Geometry.PLAIN.within(Reach.causal()));
          assertThatThrownBy(() -> backbone.forward(packed, Injection.none(), options))
              .hasMessageContaining("one text in a row");
          TokenBatch withoutSource =
              new TokenBatch(1, 1, new long[] {5}, new long[] {1}, new long[1])
                  .with(Geometry.PLAIN.withTargets(new int[1]));
          assertThatThrownBy(() -> backbone.forward(withoutSource, Injection.none(), options))
              .hasMessageContaining("a target without a source");
          assertThatThrownBy(() -> row(1, 4, 0).withTarget(4))
              .hasMessageContaining("has its target at 4");
        });
  }

  /** Some exports keep the word embeddings under the name of one half alone. */
  @ParameterizedTest
  @ValueSource(strings = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"})
  void theWordEmbeddingsMayHaveTheNameOfOneHalf(String name) {
    TinyFamily family = new TinyFamily("mt5");
    ModelFolder renamed =
        family.write(
            temp, family.configuration(), own -> own.replaceFirst("shared\\.weight$", name));
    try (Backbone other = family.load(renamed)) {
      assertThat(other.weightsHash()).isEqualTo(backbone.weightsHash());
    }
  }

  @Test
  void withoutAnyOfItsNamesTheTableIsMissing() {
    TinyFamily family = new TinyFamily("mt5");
    ModelFolder without =
        family.write(
            temp,
            family.configuration(),
            own -> own.replaceFirst("shared\\.weight$", "lost.weight"));
    assertThatThrownBy(() -> family.load(without))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("missing shared.weight");
  }
}
