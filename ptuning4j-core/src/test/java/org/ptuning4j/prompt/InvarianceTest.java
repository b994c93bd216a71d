package org.ptuning4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/** What must not change a row's hidden states: padding, its neighbours, their prompts. */
class InvarianceTest {

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
  void paddingChangesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int extra) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 1);
            int length = rows.ids.get(0).length;
            Injection injection = rows.injection(backbone, 0);
            Tensor alone = forward(backbone, rows.batch(backbone, 0), injection);
            TokenBatch padded = widened(backbone, rows.ids.get(0), length + extra);
            Tensor wide = forward(backbone, padded, injection).narrow(1, 0, length);
            assertClose("padded", wide, alone, TOLERANCE, 0);
          });
    }
  }

  @Property(tries = 20)
  void mixedPromptsEqualEachAlone(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, count);
            Tensor together =
                forward(
                    backbone,
                    TokenBatch.of(rows.ids, rows.types(), padId(backbone)),
                    new MixedPrompts(backbone.spec(), backbone.engine()).inject(rows.prompts));
            for (int row = 0; row < count; row++) {
              int length = rows.ids.get(row).length;
              Tensor alone =
                  forward(backbone, rows.batch(backbone, row), rows.injection(backbone, row));
              assertClose(
                  "row " + row,
                  together.narrow(0, row, 1).narrow(1, 0, length),
                  alone,
                  TOLERANCE,
                  0);
            }
          });
    }
  }

  @Property(tries = 10)
  void firstOnlyIsTheFirstOfAll(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 3);
            TokenBatch batch = TokenBatch.of(rows.ids, rows.types(), padId(backbone));
            Injection injection =
                new MixedPrompts(backbone.spec(), backbone.engine()).inject(rows.prompts);
            BackboneOutput first =
                backbone.forward(batch, injection, ForwardOptions.evaluation(Positions.FIRST));
            assertClose(
                "first",
                first.first(),
                forward(backbone, batch, injection).select(1, 0),
                TOLERANCE,
                0);
          });
    }
  }

  @Property(tries = 10)
  void aPromptOfLengthZeroIsNoPrompt(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 1);
            TokenBatch batch = rows.batch(backbone, 0);
            Tensor none = forward(backbone, batch, Injection.none());
            try (PromptModule module =
                PTuningV2.ofLength(0)
                    .create(backbone.spec(), backbone.engine(), RandomStream.of(seed))) {
              assertThat(module.parameters().get(0).count()).isZero();
              assertClose(
                  "length 0",
                  forward(backbone, batch, module.inject(1, Dropout.off())),
                  none,
                  0,
                  0);
            }
          });
    }
  }

  @Property(tries = 10)
  void layersOutsideTheRangeGetNothing(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 1);
            TokenBatch batch = rows.batch(backbone, 0);
            PTuningV2 top =
                new PTuningV2(
                    4,
                    new LayerRange("top:1"),
                    Optional.empty(),
                    0,
                    PositionConvention.UNSHIFTED,
                    Initialisation.UNIT_NORMAL);
            try (PromptModule module =
                top.create(backbone.spec(), backbone.engine(), RandomStream.of(seed))) {
              int last = backbone.spec().layers() - 1;
              Injection injection = module.inject(1, Dropout.off());
              assertThat(injection.prefixes().keySet()).containsExactly(last);
              ForwardOptions all = ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates();
              List<Tensor> with = backbone.forward(batch, injection, all).hiddenStates();
              List<Tensor> without = backbone.forward(batch, Injection.none(), all).hiddenStates();
              for (int layer = 0; layer <= last; layer++) {
                assertClose("below", with.get(layer), without.get(layer), 0, 0);
              }
              double moved =
                  with.get(last + 1).sub(without.get(last + 1)).abs().max().item_double();
              assertThat(moved).as("the prompt does something").isGreaterThan(1e-3);
            }
          });
    }
  }

  private static Tensor forward(Backbone backbone, TokenBatch batch, Injection injection) {
    return backbone
        .forward(batch, injection, ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }

  private static TokenBatch widened(Backbone backbone, int[] ids, int columns) {
    long[] wide = new long[columns];
    long[] mask = new long[columns];
    Arrays.fill(wide, padId(backbone));
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
      mask[i] = 1;
    }
    return new TokenBatch(1, columns, wide, mask, new long[columns]);
  }

  private static int padId(Backbone backbone) {
    return backbone.spec().modelType().equals("bert") ? 0 : 1;
  }

  /** Random texts, each with a random prompt or none. */
  private record Rows(List<int[]> ids, List<Optional<DeepPrompt>> prompts) {

    static Rows random(Backbone backbone, long seed, int count) {
      RandomStream random = RandomStream.of(seed);
      List<int[]> ids = new ArrayList<>();
      List<Optional<DeepPrompt>> prompts = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        int[] tokens = new int[1 + random.nextInt(20)];
        for (int i = 0; i < tokens.length; i++) {
          tokens[i] = 5 + random.nextInt(backbone.spec().vocabulary() - 5);
        }
        ids.add(tokens);
        prompts.add(
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(prompt(backbone, random)));
      }
      return new Rows(ids, prompts);
    }

    private static DeepPrompt prompt(Backbone backbone, RandomStream random) {
      int layers = backbone.spec().layers();
      List<Integer> chosen = new LayerRange("top:" + (1 + random.nextInt(layers))).indices(layers);
      PositionConvention positions =
          random.nextInt(2) == 0 ? PositionConvention.SHIFTED : PositionConvention.UNSHIFTED;
      long width = (long) backbone.spec().prefixWidth() * chosen.size();
      return DeepPrompt.of(
          random.gaussian(1, 1 + random.nextInt(9), width),
          chosen,
          positions,
          backbone.spec(),
          backbone.engine());
    }

    List<int[]> types() {
      return ids.stream().map(row -> new int[row.length]).toList();
    }

    TokenBatch batch(Backbone backbone, int row) {
      return TokenBatch.of(List.of(ids.get(row)), List.of(types().get(row)), padId(backbone));
    }

    Injection injection(Backbone backbone, int row) {
      return new MixedPrompts(backbone.spec(), backbone.engine()).inject(List.of(prompts.get(row)));
    }
  }
}
