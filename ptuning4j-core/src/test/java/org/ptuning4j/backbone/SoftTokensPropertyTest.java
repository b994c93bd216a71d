package org.ptuning4j.backbone;

import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * What must not change a row with soft tokens anywhere in it, offsets in some layers and a prefix:
 * padding, its neighbours, and whether the last layer computes its other places.
 */
class SoftTokensPropertyTest {

  private static final double TOLERANCE = 1e-4;
  private static final List<Backbone> BACKBONES =
      List.of("bert", "roberta").stream()
          .map(
              name ->
                  BackboneFamilies.standard()
                      .load(ModelFolder.open(TinyModel.folder(name)), Engine.reference()))
          .toList();

  @AfterContainer
  static void close() {
    BACKBONES.forEach(Backbone::close);
  }

  @Property(tries = 20)
  void theAnchorsAloneAreThoseOfAll(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, count);
            TokenBatch batch = TokenBatch.of(rows.tokens, padId(backbone));
            Injection injection = rows.injection(batch);
            Tensor all = forward(backbone, batch, injection, Positions.ALL);
            Tensor anchors = forward(backbone, batch, injection, Positions.ANCHOR);
            for (int row = 0; row < count; row++) {
              assertClose(
                  "row " + row,
                  anchors.select(0, row),
                  all.select(0, row).narrow(0, batch.anchors()[row], 1),
                  TOLERANCE,
                  0);
            }
          });
    }
  }

  @Property(tries = 20)
  void eachRowIsAsItIsAlone(@ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, count);
            TokenBatch batch = TokenBatch.of(rows.tokens, padId(backbone));
            Tensor together = forward(backbone, batch, rows.injection(batch), Positions.ALL);
            for (int row = 0; row < count; row++) {
              Rows one = rows.only(row);
              TokenBatch alone = TokenBatch.of(one.tokens, padId(backbone));
              assertClose(
                  "row " + row,
                  together.narrow(0, row, 1).narrow(1, 0, alone.columns()),
                  forward(backbone, alone, one.injection(alone), Positions.ALL),
                  TOLERANCE,
                  0);
            }
          });
    }
  }

  @Property(tries = 20)
  void paddingChangesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int extra) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 2);
            TokenBatch batch = TokenBatch.of(rows.tokens, padId(backbone));
            TokenBatch wide = widened(batch, batch.columns() + extra, padId(backbone));
            assertClose(
                "padded",
                forward(backbone, wide, rows.injection(wide), Positions.ANCHOR),
                forward(backbone, batch, rows.injection(batch), Positions.ANCHOR),
                TOLERANCE,
                0);
          });
    }
  }

  @Property(tries = 10)
  void neitherTheIdBelowNorTheOrderOfTheVectorsMatters(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 3);
            TokenBatch batch = TokenBatch.of(rows.tokens, padId(backbone));
            long[] ids = batch.ids().clone();
            for (long place : batch.softPlaces()) {
              ids[(int) place] = -1;
            }
            TokenBatch other =
                new TokenBatch(
                    batch.rows(),
                    batch.columns(),
                    ids,
                    batch.mask(),
                    batch.typeIds(),
                    batch.slots(),
                    batch.anchors());
            Injection straight = rows.injection(batch);
            assertClose(
                "reversed",
                forward(backbone, other, reversed(straight), Positions.ALL),
                forward(backbone, batch, straight, Positions.ALL),
                0,
                0);
          });
    }
  }

  private static Injection reversed(Injection injection) {
    return injection
        .inputs()
        .map(
            inputs -> {
              int count = inputs.index().length;
              long[] index = new long[count];
              Arrays.setAll(index, i -> inputs.index()[count - 1 - i]);
              Map<Integer, Tensor> offsets = new HashMap<>();
              injection.offsets().forEach((layer, o) -> offsets.put(layer, o.flip(0)));
              return new Injection(
                  injection.prefixes(),
                  injection.positionShift(),
                  Optional.of(new InputVectors(index, inputs.vectors().flip(0))),
                  offsets);
            })
        .orElse(injection);
  }

  private static Tensor forward(
      Backbone backbone, TokenBatch batch, Injection injection, Positions positions) {
    return backbone.forward(batch, injection, ForwardOptions.evaluation(positions)).lastHidden();
  }

  private static int padId(Backbone backbone) {
    return backbone.spec().modelType().equals("bert") ? 0 : 1;
  }

  private static TokenBatch widened(TokenBatch batch, int columns, int padId) {
    int size = batch.rows() * columns;
    long[] ids = new long[size];
    Arrays.fill(ids, padId);
    long[] mask = new long[size];
    long[] types = new long[size];
    int[] slots = batch.slots().length == 0 ? new int[0] : new int[size];
    Arrays.fill(slots, TokenRow.WORD);
    for (int row = 0; row < batch.rows(); row++) {
      int from = row * batch.columns();
      int to = row * columns;
      System.arraycopy(batch.ids(), from, ids, to, batch.columns());
      System.arraycopy(batch.mask(), from, mask, to, batch.columns());
      System.arraycopy(batch.typeIds(), from, types, to, batch.columns());
      if (slots.length > 0) {
        System.arraycopy(batch.slots(), from, slots, to, batch.columns());
      }
    }
    return new TokenBatch(batch.rows(), columns, ids, mask, types, slots, batch.anchors());
  }

  /** Rows with words, soft tokens, offsets and prefixes of their own. */
  private static final class Rows {

    private static final int PREFIX = 2;

    private final BackboneSpec spec;
    private final List<TokenRow> tokens;
    private final List<Tensor> vectors; // [L, soft tokens of the row, H] each: input, offsets
    private final List<Tensor> prefixes; // [L · 2, K, P, d] each
    private final boolean[] prefixed;
    private final int[] shifts;

    private Rows(
        BackboneSpec spec,
        List<TokenRow> tokens,
        List<Tensor> vectors,
        List<Tensor> prefixes,
        boolean[] prefixed,
        int[] shifts) {
      this.spec = spec;
      this.tokens = tokens;
      this.vectors = vectors;
      this.prefixes = prefixes;
      this.prefixed = prefixed;
      this.shifts = shifts;
    }

    static Rows random(Backbone backbone, long seed, int count) {
      BackboneSpec spec = backbone.spec();
      RandomStream random = RandomStream.of(seed);
      List<TokenRow> tokens = new ArrayList<>();
      List<Tensor> vectors = new ArrayList<>();
      List<Tensor> prefixes = new ArrayList<>();
      boolean[] prefixed = new boolean[count];
      int[] shifts = new int[count];
      for (int row = 0; row < count; row++) {
        TokenRow made = row(random, spec);
        tokens.add(made);
        vectors.add(random.gaussian(1, spec.layers(), made.softTokens(), spec.hidden()));
        prefixes.add(
            random.gaussian(1, 2L * spec.layers(), spec.keyValueHeads(), PREFIX, spec.headSize()));
        prefixed[row] = random.nextInt(2) == 0;
        shifts[row] = random.nextInt(4);
      }
      return new Rows(spec, tokens, vectors, prefixes, prefixed, shifts);
    }

    /** Words, the padding token's id among them, with soft tokens in two rows of three. */
    private static TokenRow row(RandomStream random, BackboneSpec spec) {
      int length = 1 + random.nextInt(12);
      int[] ids = new int[length];
      int[] types = new int[length];
      int[] slots = new int[length];
      boolean soft = random.nextInt(3) > 0;
      int next = 0;
      for (int i = 0; i < length; i++) {
        ids[i] = random.nextInt(6) == 0 ? 1 : 5 + random.nextInt(spec.vocabulary() - 5);
        types[i] = random.nextInt(2);
        slots[i] = soft && random.nextInt(2) == 0 ? next++ : TokenRow.WORD;
      }
      return new TokenRow(ids, types, next == 0 ? new int[0] : slots, random.nextInt(length));
    }

    Rows only(int row) {
      return new Rows(
          spec,
          tokens.subList(row, row + 1),
          vectors.subList(row, row + 1),
          prefixes.subList(row, row + 1),
          new boolean[] {prefixed[row]},
          new int[] {shifts[row]});
    }

    Injection injection(TokenBatch batch) {
      long[] places = batch.softPlaces();
      Optional<InputVectors> inputs = Optional.empty();
      Map<Integer, Tensor> offsets = new HashMap<>();
      if (places.length > 0) {
        Tensor all = Tensors.cat(1, vectors.toArray(Tensor[]::new)); // [L, N, H]
        inputs = Optional.of(new InputVectors(places, all.select(0, 0)));
        for (int layer = 1; layer < spec.layers(); layer++) {
          offsets.put(layer, all.select(0, layer));
        }
      }
      Map<Integer, LayerPrefix> layers = new HashMap<>();
      for (int layer = 0; layer < spec.layers(); layer++) {
        layers.put(layer, prefix(layer));
      }
      return new Injection(layers, Optional.of(shifts), inputs, offsets);
    }

    private LayerPrefix prefix(int layer) {
      Tensor all =
          Tensors.cat(0, prefixes.stream().map(p -> p.unsqueeze(0)).toArray(Tensor[]::new));
      float[] mask = new float[prefixed.length * PREFIX];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = prefixed[i / PREFIX] ? 0 : Float.NEGATIVE_INFINITY;
      }
      return new LayerPrefix(
          all.select(1, 2L * layer),
          all.select(1, 2L * layer + 1),
          Optional.of(Tensors.of(mask, prefixed.length, PREFIX)));
    }
  }
}
