package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** What holds of every family whose tokens see only what precedes them. */
class DecodersTest {

  private static final int[] TEXT = {17, 230, 41, 5, 99, 301, 12};
  private static final int PAD = 0;

  @TempDir Path temp;

  static Stream<TinyFamily> decoders() {
    return BackboneFamilies.standard().modelTypes().stream()
        .map(TinyFamily::new)
        .filter(family -> family.direction() == Direction.CAUSAL);
  }

  static Stream<TinyFamily> withoutWindows() {
    return decoders().filter(family -> !family.configuration().contains("sliding_window"));
  }

  private interface Check {
    void of(Backbone backbone);
  }

  private void with(TinyFamily family, Check check) {
    try (Backbone backbone = family.load(temp)) {
      Scope.run(() -> check.of(backbone));
    }
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void whatFollowsChangesNothing(TinyFamily family) {
    with(
        family,
        backbone -> {
          Tensor whole = states(backbone, right(TEXT, 0), Injection.none());
          int[] changed = TEXT.clone();
          changed[5] = 77;
          Tensor other = states(backbone, right(changed, 0), Injection.none());
          assertClose("before", other.narrow(1, 0, 5), whole.narrow(1, 0, 5), 1e-5, 0);
          assertThat(other.select(1, 6).sub(whole.select(1, 6)).abs().max().item_double())
              .isGreaterThan(1e-3);
        });
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void paddingOnEitherSideChangesNothing(TinyFamily family) {
    with(
        family,
        backbone -> {
          for (Injection injection : List.of(Injection.none(), prefix(backbone, 3))) {
            Tensor alone = states(backbone, right(TEXT, 0), injection);
            Tensor right = states(backbone, right(TEXT, 4), injection);
            Tensor left = states(backbone, left(TEXT, 4), injection);
            assertClose("right", right.narrow(1, 0, TEXT.length), alone, 1e-5, 0);
            assertClose("left", left.narrow(1, 4, TEXT.length), alone, 1e-5, 0);
          }
        });
  }

  /** The past of a text is a prefix like any other, whether it had a prompt, padding or neither. */
  @ParameterizedTest
  @MethodSource("decoders")
  void goingOnIsAsComputingAll(TinyFamily family) {
    with(
        family,
        backbone -> {
          for (Injection injection : List.of(Injection.none(), prefix(backbone, 3))) {
            Tensor whole = states(backbone, right(TEXT, 0), injection);
            for (TokenBatch start :
                List.of(right(first(4), 0), left(first(4), 2), right(first(4), 1))) {
              BackboneOutput begun =
                  backbone.forward(
                      start,
                      injection,
                      ForwardOptions.evaluation(Positions.ALL).withKeysAndValues());
              Map<Integer, LayerPrefix> past = new HashMap<>();
              IntStream.range(0, begun.past().size())
                  .forEach(layer -> past.put(layer, begun.past().get(layer)));
              Injection goingOn =
                  Injection.deep(past, Optional.of(new int[] {4 + injection.shift(0)}));
              int[] rest = Arrays.copyOfRange(TEXT, 4, TEXT.length);
              Tensor end = states(backbone, right(rest, 0), goingOn);
              assertClose("the rest", end, whole.narrow(1, 4, rest.length), 1e-5, 0);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("withoutWindows")
  void everyTokenSeesThePrefix(TinyFamily family) {
    with(
        family,
        backbone -> {
          Tensor plain = states(backbone, right(TEXT, 0), unshifted(Injection.none()));
          Tensor prompted = states(backbone, right(TEXT, 0), unshifted(prefix(backbone, 3)));
          for (int column = 0; column < TEXT.length; column++) {
            Tensor moved = prompted.select(1, column).sub(plain.select(1, column)).abs();
            assertThat(moved.max().item_double()).as("column " + column).isGreaterThan(1e-3);
          }
        });
  }

  private static Injection unshifted(Injection injection) {
    return Injection.deep(injection.prefixes(), Optional.empty());
  }

  private static Injection prefix(Backbone backbone, int length) {
    BackboneSpec spec = backbone.spec();
    Tensor matrix =
        RandomStream.of(3).gaussian(1, length, (long) spec.layers() * spec.prefixWidth());
    return Injection.deep(Prefixes.ofMatrix(matrix, spec, 1), Prefixes.shift("shifted", 1, length));
  }

  private static Tensor states(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static int[] first(int length) {
    return Arrays.copyOf(TEXT, length);
  }

  private static TokenBatch right(int[] text, int padding) {
    return padded(text, 0, padding);
  }

  private static TokenBatch left(int[] text, int padding) {
    return padded(text, padding, 0);
  }

  private static TokenBatch padded(int[] text, int before, int after) {
    int columns = before + text.length + after;
    long[] ids = new long[columns];
    long[] mask = new long[columns];
    Arrays.fill(ids, PAD);
    for (int i = 0; i < text.length; i++) {
      ids[before + i] = text[i];
      mask[before + i] = 1;
    }
    return new TokenBatch(1, columns, ids, mask, new long[columns]);
  }
}
