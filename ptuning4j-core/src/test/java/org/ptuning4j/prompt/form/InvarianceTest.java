package org.ptuning4j.prompt.form;

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
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.initialisation.NormalInitialisation;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/** What must not change a row's hidden states: padding, its neighbours, their prompts. */
class InvarianceTest {

  private static final double TOLERANCE = 1e-4;
  private static final List<Backbone> BACKBONES =
      List.of("bert", "roberta", "distilbert", "electra", "albert", "deberta", "deberta_v2_conv")
          .stream()
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
            TokenRow row = rows.tokens.get(0);
            Tensor alone = rows.forward(backbone, rows.batch(backbone));
            TokenBatch padded = widened(backbone, row, row.length() + extra);
            Tensor wide = rows.forward(backbone, padded).narrow(1, 0, row.length());
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
            Tensor together = rows.forward(backbone, rows.batch(backbone));
            for (int row = 0; row < count; row++) {
              Rows only = rows.only(row);
              assertClose(
                  "row " + row,
                  together.narrow(0, row, 1).narrow(1, 0, rows.tokens.get(row).length()),
                  only.forward(backbone, only.batch(backbone)),
                  TOLERANCE,
                  0);
            }
          });
    }
  }

  @Property(tries = 10)
  void anchorsOnlyAreTheAnchorsOfAll(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            Rows rows = Rows.random(backbone, seed, 3);
            TokenBatch batch = rows.batch(backbone);
            Tensor all = rows.forward(backbone, batch);
            Tensor anchors =
                backbone
                    .forward(
                        batch,
                        rows.injection(backbone, batch),
                        ForwardOptions.evaluation(Positions.ANCHOR))
                    .lastHidden();
            for (int row = 0; row < 3; row++) {
              assertClose(
                  "anchor",
                  anchors.select(0, row).select(0, 0),
                  all.select(0, row).select(0, batch.anchors()[row]),
                  TOLERANCE,
                  0);
            }
          });
    }
  }

  @Property(tries = 10)
  void aPromptOfLengthZeroIsNoPrompt(@ForAll long seed) {
    for (Backbone backbone : BACKBONES) {
      Scope.run(
          () -> {
            TokenBatch batch = SmallMethods.batch(new HeadOnly(), padId(backbone));
            Tensor none = forward(backbone, batch, Injection.none());
            try (PromptModule module =
                PTuningV2.asPublished(0)
                    .create(SmallMethods.context(backbone.spec(), backbone.engine(), seed))) {
              assertThat(module.parameters().get(0).count()).isZero();
              assertClose(
                  "length 0",
                  forward(backbone, batch, module.inject(batch, Dropout.off())),
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
            TokenBatch batch = SmallMethods.batch(new HeadOnly(), padId(backbone));
            PTuningV2 top =
                new PTuningV2(
                    4,
                    new LayerRange("top:1"),
                    Optional.empty(),
                    0,
                    PositionConvention.UNSHIFTED,
                    NormalInitialisation.UNIT_NORMAL);
            try (PromptModule module =
                top.create(SmallMethods.context(backbone.spec(), backbone.engine(), seed))) {
              int last = backbone.spec().layers() - 1;
              Injection injection = module.inject(batch, Dropout.off());
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

  private static TokenBatch widened(Backbone backbone, TokenRow row, int columns) {
    long[] wide = new long[columns];
    long[] mask = new long[columns];
    int[] slots = new int[columns];
    Arrays.fill(wide, padId(backbone));
    Arrays.fill(slots, TokenRow.WORD);
    for (int i = 0; i < row.length(); i++) {
      wide[i] = row.ids()[i];
      mask[i] = 1;
      slots[i] = row.slots().length == 0 ? TokenRow.WORD : row.slots()[i];
    }
    return new TokenBatch(
        1, columns, wide, mask, new long[columns], slots, new int[] {row.anchor()});
  }

  private static int padId(Backbone backbone) {
    return backbone.spec().modelType().equals("bert") ? 0 : 1;
  }

  /** Random texts, each with a random prompt in its layers or among its words, or none. */
  private record Rows(List<TokenRow> tokens, List<Optional<TrainedPrompt>> prompts) {

    static Rows random(Backbone backbone, long seed, int count) {
      RandomStream random = RandomStream.of(seed);
      List<TokenRow> tokens = new ArrayList<>();
      List<Optional<TrainedPrompt>> prompts = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        Optional<TrainedPrompt> prompt = prompt(backbone, random, prompts);
        int soft =
            prompt.filter(own -> !(own instanceof DeepPrompt)).map(TrainedPrompt::length).orElse(0);
        tokens.add(row(backbone, random, soft));
        prompts.add(prompt);
      }
      return new Rows(tokens, prompts);
    }

    /** A new one of any kind, none, or that of an earlier row again. */
    private static Optional<TrainedPrompt> prompt(
        Backbone backbone, RandomStream random, List<Optional<TrainedPrompt>> earlier) {
      return switch (random.nextInt(6)) {
        case 0 -> Optional.empty();
        case 1 -> Optional.of(deep(backbone, random));
        case 2 -> earlier.isEmpty() ? Optional.empty() : earlier.get(0);
        case 3 -> Optional.of(input(backbone, random, false));
        case 4 -> Optional.of(input(backbone, random, true));
        default ->
            Optional.of(new BothPrompt(deep(backbone, random), input(backbone, random, true)));
      };
    }

    private static DeepPrompt deep(Backbone backbone, RandomStream random) {
      int layers = backbone.spec().layers();
      List<Integer> chosen = new LayerRange("top:" + (1 + random.nextInt(layers))).indices(layers);
      PositionConvention positions =
          random.nextInt(2) == 0 ? PositionConvention.SHIFTED : PositionConvention.UNSHIFTED;
      long width = (long) backbone.spec().prefixWidth() * chosen.size();
      return DeepPrompt.of(
          random.gaussian(1, 1 + random.nextInt(9), width),
          Optional.empty(),
          chosen,
          positions,
          random.nextInt(2) == 0 ? PrefixSoftmax.JOINT : PrefixSoftmax.SEPARATE,
          backbone.spec(),
          backbone.engine());
    }

    private static InputPrompt input(Backbone backbone, RandomStream random, boolean deep) {
      BackboneSpec spec = backbone.spec();
      int length = 1 + random.nextInt(6);
      return InputPrompt.of(
          random.gaussian(1, length, spec.embeddingWidth()),
          deep
              ? Optional.of(random.gaussian(1, spec.layers() - 1L, length, spec.hidden()))
              : Optional.empty(),
          spec,
          backbone.engine());
    }

    /** Words, and soft tokens 0 … P−1 at random places among them, in random order. */
    private static TokenRow row(Backbone backbone, RandomStream random, int soft) {
      List<Integer> slots = new ArrayList<>();
      int words = 1 + random.nextInt(20);
      for (int i = 0; i < words; i++) {
        slots.add(TokenRow.WORD);
      }
      for (int slot = 0; slot < soft; slot++) {
        slots.add(random.nextInt(slots.size() + 1), slot);
      }
      int[] ids = new int[slots.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = 5 + random.nextInt(backbone.spec().vocabulary() - 5);
      }
      int[] places = slots.stream().mapToInt(Integer::intValue).toArray();
      return new TokenRow(
          ids, new int[ids.length], soft == 0 ? new int[0] : places, random.nextInt(ids.length));
    }

    Rows only(int row) {
      return new Rows(List.of(tokens.get(row)), List.of(prompts.get(row)));
    }

    TokenBatch batch(Backbone backbone) {
      return TokenBatch.of(tokens, padId(backbone));
    }

    Injection injection(Backbone backbone, TokenBatch batch) {
      return new MixedPrompts(backbone.spec(), backbone.engine()).inject(batch, prompts);
    }

    Tensor forward(Backbone backbone, TokenBatch batch) {
      return InvarianceTest.forward(backbone, batch, injection(backbone, batch));
    }
  }
}
