package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** Positions, what is read, how far attention reaches, and going on from a pass's own keys. */
class GeometryTest {

  private static final double TOLERANCE = 1e-4;
  private static final List<Backbone> BACKBONES =
      List.of(
          load("bert", Engine.reference()),
          load("albert", Engine.reference()),
          load(
              "bert",
              Engine.recorded(
                  Precision.FP32,
                  new KernelPlan(
                      KernelPlan.Linear.CONVOLUTION,
                      KernelPlan.Attention.FUSED,
                      KernelPlan.Attention.FUSED))));

  private static Backbone load(String family, Engine engine) {
    return BackboneFamilies.standard().load(ModelFolder.open(TinyModel.folder(family)), engine);
  }

  static List<Backbone> backbones() {
    return BACKBONES;
  }

  @AfterAll
  static void close() {
    BACKBONES.forEach(Backbone::close);
  }

  /** Texts of 9 and 6 tokens. */
  private static TokenBatch batch() {
    return TokenBatch.of(
        List.of(new int[] {5, 31, 32, 33, 34, 35, 36, 37, 6}, new int[] {5, 41, 42, 43, 44, 6}),
        List.of(new int[9], new int[6]),
        0);
  }

  private static TokenBatch within(Reach reach) {
    return batch().with(Geometry.PLAIN.within(reach));
  }

  private static Tensor states(Backbone backbone, TokenBatch tokens, Injection injection) {
    return backbone
        .forward(tokens, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static Tensor states(Backbone backbone, TokenBatch tokens) {
    return states(backbone, tokens, Injection.none());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void aTokenSeesNothingBeyondItsReach(Backbone backbone) {
    Scope.run(
        () -> {
          for (Reach reach : List.of(Reach.causal(), new Reach.Window(1))) {
            float[] before = row(states(backbone, within(reach)), 0, 2);
            TokenBatch changed = within(reach);
            changed.ids()[8] = 77; // 6 columns further: 3 or 4 layers of a window of 1 end before
            assertThat(row(states(backbone, changed), 0, 2)).as("%s", reach).isEqualTo(before);
            changed.ids()[1] = 77;
            assertThat(row(states(backbone, changed), 0, 2)).as("%s", reach).isNotEqualTo(before);
          }
          TokenBatch all = batch();
          float[] before = row(states(backbone, all), 0, 2);
          all.ids()[8] = 77;
          assertThat(row(states(backbone, all), 0, 2)).isNotEqualTo(before);
        });
  }

  private static float[] row(Tensor states, int row, int column) {
    return Tensors.floats(states.select(0, row).select(0, column));
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void aVisiblePartThatIsAllOrNothing(Backbone backbone) {
    Scope.run(
        () -> {
          Tensor mixed = states(backbone, within(new Reach.VisibleThenCausal(new int[] {9, 0})));
          Tensor everything = states(backbone, batch());
          Tensor causal = states(backbone, within(Reach.causal()));
          assertClose("visible", mixed.select(0, 0), everything.select(0, 0), TOLERANCE, 0);
          assertClose(
              "causal",
              mixed.select(0, 1).narrow(0, 0, 6),
              causal.select(0, 1).narrow(0, 0, 6),
              TOLERANCE,
              0);
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void anchorsKeepTheirReach(Backbone backbone) {
    Scope.run(
        () -> {
          for (Reach reach :
              List.of(
                  Reach.causal(),
                  new Reach.Window(2),
                  new Reach.VisibleThenCausal(new int[] {2, 4}))) {
            TokenBatch words = within(reach);
            TokenBatch tokens =
                new TokenBatch(
                    words.rows(),
                    words.columns(),
                    words.ids(),
                    words.mask(),
                    words.typeIds(),
                    words.slots(),
                    new int[] {3, 5},
                    words.geometry());
            Injection injection = prefix(backbone);
            Tensor all = states(backbone, tokens, injection);
            Tensor anchors =
                backbone
                    .forward(tokens, injection, ForwardOptions.evaluation(Positions.ANCHOR))
                    .first();
            assertClose("0", anchors.select(0, 0), all.select(0, 0).select(0, 3), TOLERANCE, 0);
            assertClose("1", anchors.select(0, 1), all.select(0, 1).select(0, 5), TOLERANCE, 0);
          }
        });
  }

  private static Injection prefix(Backbone backbone) {
    BackboneSpec spec = backbone.spec();
    RandomStream random = RandomStream.of(3);
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int layer = 0; layer < spec.layers(); layer++) {
      prefixes.put(
          layer,
          LayerPrefix.of(
              random.gaussian(1, 2, spec.keyValueHeads(), 3, spec.headSize()),
              random.gaussian(1, 2, spec.keyValueHeads(), 3, spec.headSize())));
    }
    return Injection.deep(prefixes, Optional.empty());
  }

  /** The keys and values of a pass are a prefix: of all rows, padded ones and prompted ones too. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void goingOnFromAPassIsThePassOverAll(Backbone backbone) {
    Scope.run(
        () -> {
          for (Injection prompt : List.of(Injection.none(), prefix(backbone))) {
            TokenBatch whole = within(Reach.causal());
            Tensor expected = states(backbone, whole, prompt);
            BackboneOutput first =
                backbone.forward(
                    part(whole, 0, 4),
                    prompt,
                    ForwardOptions.evaluation(Positions.ALL).withKeysAndValues());
            assertClose("first part", first.lastHidden(), expected.narrow(1, 0, 4), TOLERANCE, 0);
            Map<Integer, LayerPrefix> past = new HashMap<>();
            IntStream.range(0, first.past().size())
                .forEach(layer -> past.put(layer, first.past().get(layer)));
            assertThat(past).hasSize(backbone.spec().layers());
            Tensor second =
                states(
                    backbone,
                    part(whole, 4, 9),
                    Injection.deep(past, Optional.of(new int[] {4, 4})));
            assertClose(
                "long row", second.select(0, 0), expected.select(0, 0).narrow(0, 4, 5), 1e-4, 0);
            assertClose(
                "short row",
                second.select(0, 1).narrow(0, 0, 2),
                expected.select(0, 1).narrow(0, 4, 2),
                TOLERANCE,
                0);
          }
        });
  }

  /** A text that is shorter than the part is masked in the cache, wherever it ends. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void paddingInThePastIsNotSeen(Backbone backbone) {
    Scope.run(
        () -> {
          TokenBatch first =
              TokenBatch.of(
                      List.of(new int[] {5, 31, 32, 33, 34}, new int[] {5, 41}),
                      List.of(new int[5], new int[2]),
                      0)
                  .with(Geometry.PLAIN.within(Reach.causal()));
          Map<Integer, LayerPrefix> past =
              backbone
                  .forward(
                      first,
                      Injection.none(),
                      ForwardOptions.evaluation(Positions.ANCHOR).withKeysAndValues())
                  .past();
          TokenBatch next =
              TokenBatch.of(List.of(new int[] {35}, new int[] {42}), two(), 0)
                  .with(Geometry.PLAIN.within(Reach.causal()));
          Tensor found =
              states(backbone, next, Injection.deep(past, Optional.of(new int[] {5, 2})));
          TokenBatch alone =
              TokenBatch.of(List.of(new int[] {5, 41, 42}), List.of(new int[3]), 0)
                  .with(Geometry.PLAIN.within(Reach.causal()));
          assertClose(
              "short row",
              found.select(0, 1).select(0, 0),
              states(backbone, alone).select(0, 0).select(0, 2),
              TOLERANCE,
              0);
        });
  }

  private static List<int[]> two() {
    return List.of(new int[1], new int[1]);
  }

  private static TokenBatch part(TokenBatch whole, int from, int to) {
    int columns = to - from;
    long[] ids = new long[whole.rows() * columns];
    long[] mask = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      int at = i / columns * whole.columns() + from + i % columns;
      ids[i] = whole.ids()[at];
      mask[i] = whole.mask()[at];
    }
    return new TokenBatch(whole.rows(), columns, ids, mask, new long[ids.length])
        .with(whole.geometry());
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void positionsThatABatchCarriesAreThoseThatAreUsed(Backbone backbone) {
    Scope.run(
        () -> {
          int[] counted = new int[18];
          int[] later = new int[18];
          for (int i = 0; i < 18; i++) {
            counted[i] = i % 9;
            later[i] = i % 9 + 3;
          }
          Tensor plain = states(backbone, batch());
          assertThat(Tensors.floats(states(backbone, at(counted))))
              .isEqualTo(Tensors.floats(plain));
          Injection shifted = Injection.deep(Map.of(), Optional.of(new int[] {3, 3}));
          float[] expected = Tensors.floats(states(backbone, batch(), shifted));
          assertThat(Tensors.floats(states(backbone, at(later)))).isEqualTo(expected);
          assertThat(expected).isNotEqualTo(Tensors.floats(plain));
        });
  }

  private static TokenBatch at(int[] positions) {
    return batch().with(new Geometry(List.of(positions), Reach.everything()));
  }

  /** A position beyond the table would otherwise be read as its last row. */
  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("backbones")
  void positionsOutsideOfTheTableAreRefused(Backbone backbone) {
    int usable = backbone.spec().maxPositions();
    int[] positions = new int[18];
    positions[3] = usable - 1;
    positions[17] = usable + 5; // padding: of no matter
    Scope.run(() -> states(backbone, at(positions)).numel());
    Injection shifted = Injection.deep(Map.of(), Optional.of(new int[] {1, 0}));
    assertThatThrownBy(() -> Scope.run(() -> states(backbone, at(positions), shifted)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(
            "row 0 has position %d at column 3, moved up by 1; this backbone has positions 0 to %d"
                .formatted(usable - 1, usable - 1));
    positions[3] = -1;
    assertThatThrownBy(() -> Scope.run(() -> states(backbone, at(positions))))
        .hasMessageContaining("row 0 has position -1");
  }

  /** A prefix is within every window, and the tokens that it was made of are not. */
  @Test
  void whatIsSeenThroughAWindowIsNoPrefix() {
    ForwardOptions options = ForwardOptions.evaluation(Positions.ALL).withKeysAndValues();
    assertThatThrownBy(
            () ->
                Scope.run(
                    () ->
                        BACKBONES
                            .get(0)
                            .forward(within(new Reach.Window(2)), Injection.none(), options)
                            .lastHidden()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("layer 0 attends to Window[distance=2] only");
    Reach both = Reach.causal().and(new Reach.Window(2));
    assertThat(both.isUnlimitedBack()).isFalse();
    try (Backbone modern = load("modernbert", Engine.reference())) {
      assertThatThrownBy(
              () ->
                  Scope.run(() -> modern.forward(batch(), Injection.none(), options).lastHidden()))
          .hasMessageContaining("layer 1 attends to Window[distance=4] only");
    }
  }

  @Test
  void whatNoFamilyReadsIsRefused() {
    assertThatThrownBy(
            () ->
                states(
                    BACKBONES.get(0),
                    batch()
                        .with(new Geometry(List.of(new int[18], new int[18]), Reach.everything()))))
        .hasMessageContaining("one row of positions; the batch has 2");
    assertThatThrownBy(
            () -> new Geometry(List.of(new int[1], new int[1], new int[1]), Reach.causal()))
        .hasMessageContaining("3 rows of positions");
    assertThatThrownBy(() -> at(new int[3])).isInstanceOf(IllegalArgumentException.class);
  }
}
