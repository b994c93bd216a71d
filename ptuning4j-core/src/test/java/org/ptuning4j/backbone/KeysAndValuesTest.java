package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;

/** The keys and values that a model computes for a text, in every family. */
class KeysAndValuesTest {

  private static final int[] TEXT = {21, 7, 300, 41, 9};
  private static final int[] ROW = {12, 250, 33, 8};

  @TempDir private static Path folder;

  static Stream<TinyFamily> families() {
    return TinyFamily.all().stream();
  }

  /** Decoders whose layers see as far back as there is text. */
  static Stream<TinyFamily> decodersWithoutWindows() {
    return families()
        .filter(family -> family.direction() == Direction.CAUSAL)
        .filter(family -> !family.configuration().contains("sliding_window"));
  }

  private static void with(TinyFamily family, Consumer<Backbone> test) {
    try (Backbone backbone = family.load(folder)) {
      Scope.run(() -> test.accept(backbone));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyLayerGivesThoseOfTheText(TinyFamily family) {
    with(
        family,
        backbone -> {
          BackboneSpec spec = backbone.spec();
          Map<Integer, LayerPrefix> alone = captured(backbone, batch(TEXT), Injection.none());
          assertThat(alone).hasSize(spec.readingLayers());
          for (LayerPrefix layer : alone.values()) {
            long[] shape = {1, spec.keyValueHeads(), TEXT.length, spec.headSize()};
            assertThat(Tensors.shape(layer.key())).isEqualTo(shape);
            assertThat(Tensors.shape(layer.value())).isEqualTo(shape);
            assertThat(layer.mask()).isEmpty();
          }
        });
  }

  /** A row's are its own, whatever stands beside it, and what is padding is masked. */
  @ParameterizedTest
  @MethodSource("families")
  void neighboursAndPaddingChangeNothing(TinyFamily family) {
    with(
        family,
        backbone -> {
          Map<Integer, LayerPrefix> alone = captured(backbone, batch(ROW), Injection.none());
          Map<Integer, LayerPrefix> both = captured(backbone, batch(TEXT, ROW), Injection.none());
          for (int layer = 0; layer < alone.size(); layer++) {
            Tensor key = both.get(layer).key().narrow(0, 1, 1).narrow(2, 0, ROW.length);
            Tensor value = both.get(layer).value().narrow(0, 1, 1).narrow(2, 0, ROW.length);
            assertClose("keys", key, alone.get(layer).key(), 1e-5, 0);
            assertClose("values", value, alone.get(layer).value(), 1e-5, 0);
            float[] mask = Tensors.floats(both.get(layer).mask().orElseThrow());
            assertThat(mask).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, Float.NEGATIVE_INFINITY);
          }
        });
  }

  /** A prompt before the text is not among them, but the text has read it. */
  @ParameterizedTest
  @MethodSource("families")
  void aPromptIsNotAmongThem(TinyFamily family) {
    with(
        family,
        backbone -> {
          Map<Integer, LayerPrefix> plain = captured(backbone, batch(TEXT), Injection.none());
          Map<Integer, LayerPrefix> prompted = captured(backbone, batch(TEXT), prompt(backbone));
          assertClose("layer 1", prompted.get(0).key(), plain.get(0).key(), 1e-6, 0);
          assertThat(prompted.get(1).key().size(2)).isEqualTo(TEXT.length);
          Tensor moved = prompted.get(1).key().sub(plain.get(1).key()).abs();
          assertThat(moved.max().item_double()).isGreaterThan(1e-3);
        });
  }

  /** As virtual tokens with shifted positions they are the text itself. */
  @ParameterizedTest
  @MethodSource("decodersWithoutWindows")
  void whatFollowsReadsThemAsTheText(TinyFamily family) {
    with(
        family,
        backbone -> {
          int[] all = IntStream.concat(Arrays.stream(TEXT), Arrays.stream(ROW)).toArray();
          Tensor whole = states(backbone, batch(all), Injection.none());
          Map<Integer, LayerPrefix> text = captured(backbone, batch(TEXT), Injection.none());
          Injection injection = Injection.deep(text, Optional.of(new int[] {TEXT.length}));
          Tensor row = states(backbone, batch(ROW), injection);
          assertClose("row", row, whole.narrow(1, TEXT.length, ROW.length), 1e-5, 0);
        });
  }

  private static Map<Integer, LayerPrefix> captured(
      Backbone backbone, TokenBatch tokens, Injection injection) {
    ForwardOptions options = ForwardOptions.evaluation(Positions.ANCHOR).with(KeysAndValues.TEXT);
    return backbone.forward(tokens, injection, options).past();
  }

  private static Tensor states(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static Injection prompt(Backbone backbone) {
    BackboneSpec spec = backbone.spec();
    Tensor matrix = RandomStream.of(3).gaussian(1, 2, (long) spec.layers() * spec.prefixWidth());
    return Injection.deep(Prefixes.ofMatrix(matrix, spec, 1), Optional.empty());
  }

  private static TokenBatch batch(int[]... texts) {
    List<int[]> types = Arrays.stream(texts).map(text -> new int[text.length]).toList();
    return TokenBatch.of(List.of(texts), types, 0);
  }
}
