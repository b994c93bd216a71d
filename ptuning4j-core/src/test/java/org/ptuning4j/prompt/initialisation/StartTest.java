package org.ptuning4j.prompt.initialisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ptuning4j.Closeness.assertClose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.prompt.method.SmallWords;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.prompt.method.UnusedTokens;
import org.ptuning4j.prompt.module.PromptEncoderKind;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** How prompts start, and how they start from an earlier one. */
class StartTest {

  private static final int WIDTH = 8;
  private static final BackboneSpec SPEC =
      new BackboneSpec("bert", 3, WIDTH, 2, 2, 4, WIDTH, 64, 30, 2, true, true, 0, 0);
  private static final SmallWords WORDS = SmallWords.of(4, 6, WIDTH);
  private static final Engine ENGINE = Engine.reference();

  private static PromptContext context(long seed) {
    return new PromptContext(SPEC, ENGINE, RandomStream.of(seed), WORDS);
  }

  @Test
  void aTextIsRepeatedOrCut() {
    Scope.run(
        () -> {
          int w1 = WORDS.id("w1").orElseThrow();
          int w4 = WORDS.id("w4").orElseThrow();
          assertClose(
              "repeated",
              SoftTokenInitialisation.text("w4 w1").vectors(5, context(1)),
              WORDS.vectors(new int[] {w4, w1, w4, w1, w4}),
              0,
              0);
          assertClose(
              "cut",
              SoftTokenInitialisation.text("w4 w1").vectors(1, context(1)),
              WORDS.vectors(new int[] {w4}),
              0,
              0);
        });
  }

  @Test
  void theVocabularyGivesEachWordOnceAndNothingElse() {
    Scope.run(
        () -> {
          Set<Float> words =
              new HashSet<>(
                  IntStream.range(0, 6)
                      .mapToObj(i -> first(WORDS.vectors(new int[] {id("w" + i)})))
                      .toList());
          Tensor drawn = SoftTokenInitialisation.vocabulary().vectors(6, context(3));
          Set<Float> found =
              new HashSet<>(
                  IntStream.range(0, 6).mapToObj(i -> first(drawn.select(0, i))).toList());
          assertThat(found).isEqualTo(words);
          assertThat(Tensors.floats(SoftTokenInitialisation.vocabulary().vectors(6, context(4))))
              .isNotEqualTo(Tensors.floats(drawn));
          assertThat(Tensors.floats(SoftTokenInitialisation.vocabulary().vectors(6, context(3))))
              .isEqualTo(Tensors.floats(drawn));
        });
  }

  private static int id(String token) {
    return WORDS.id(token).orElseThrow();
  }

  private static float first(Tensor tensor) {
    return Tensors.floats(tensor)[0];
  }

  @Test
  void moreTokensThanWords() {
    assertThatThrownBy(() -> SoftTokenInitialisation.vocabulary().vectors(7, context(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("7 soft tokens")
        .hasMessageContaining("has 6");
  }

  @Test
  void uniformStaysWithinAHalf() {
    Scope.run(
        () -> {
          float[] values =
              Tensors.floats(SoftTokenInitialisation.uniform().vectors(500, context(1)));
          double least =
              IntStream.range(0, values.length).mapToDouble(i -> values[i]).min().orElse(0);
          double most =
              IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElse(0);
          assertThat(least).isBetween(-0.5, -0.49);
          assertThat(most).isBetween(0.49, 0.5);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "random", "text:", "text:  ", "Vocabulary"})
  void whatIsNotAStart(String text) {
    assertThatThrownBy(() -> new SoftTokenInitialisation(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("init");
  }

  /** As in the vocabulary of bert-base-chinese. */
  @Test
  void unusedTokensThatBeginWithOneAreNoWords() {
    List<String> tokens = new ArrayList<>(List.of("[PAD]", "[CLS]", "[SEP]", "[MASK]"));
    IntStream.rangeClosed(1, 50).forEach(number -> tokens.add("[unused" + number + "]"));
    tokens.addAll(List.of("w0", "w1", "w2"));
    PromptContext context =
        new PromptContext(SPEC, ENGINE, RandomStream.of(1), new SmallWords(tokens, WIDTH));
    assertThatThrownBy(
            () -> new PromptTuning(4, SoftTokenInitialisation.vocabulary()).create(context))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("the vocabulary has 3");
  }

  @Test
  void unusedTokensAreCopiedFromTheFirstOn() {
    Scope.run(
        () -> {
          try (PromptModule module = new UnusedTokens(3).create(context(1))) {
            int first = id("[unused1]");
            assertClose(
                "rows",
                vectors(module),
                WORDS.vectors(new int[] {first, first + 1, first + 2}),
                0,
                0);
          }
        });
  }

  @Test
  void tooFewUnusedTokens() {
    assertThatThrownBy(() -> new UnusedTokens(5).create(context(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("[unused1] to [unused5]")
        .hasMessageContaining("has 3 of them");
    PromptContext without =
        new PromptContext(SPEC, ENGINE, RandomStream.of(1), SmallWords.of(0, 6, WIDTH));
    assertThatThrownBy(() -> new UnusedTokens(1).create(without))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("has none of them");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void aPromptAtTheInputStartsFromAnEarlierOne(int earlier) {
    Scope.run(
        () -> {
          Tensor given = RandomStream.of(9).gaussian(1, earlier, WIDTH);
          for (PromptMethod method :
              new PromptMethod[] {
                new PromptTuning(3, SoftTokenInitialisation.uniform()),
                new SoftPrompts(3, SoftTokenInitialisation.uniform(), true),
                new UnusedTokens(3),
                SmallMethods.encoded(PromptEncoderKind.NONE)
              }) {
            try (PromptModule module = method.create(context(1));
                InputPrompt prompt = InputPrompt.of(given, Optional.empty(), SPEC, ENGINE)) {
              Tensor before = vectors(module);
              module.startFrom(prompt);
              int common = Math.min(3, earlier);
              assertClose(
                  method.name(),
                  vectors(module).narrow(0, 0, common),
                  given.narrow(0, 0, common),
                  0,
                  0);
              assertClose(
                  "rest of " + method.name(),
                  vectors(module).narrow(0, common, 3 - common),
                  before.narrow(0, common, 3 - common),
                  0,
                  0);
            }
          }
        });
  }

  @Test
  void offsetsAreTakenOverOrRefusedNeverLost() {
    Scope.run(
        () -> {
          Tensor offsets = RandomStream.of(2).gaussian(1, 2, 4, WIDTH);
          try (InputPrompt prompt =
                  InputPrompt.of(
                      RandomStream.of(9).gaussian(1, 4, WIDTH),
                      Optional.of(offsets),
                      SPEC,
                      ENGINE);
              PromptModule deep =
                  new SoftPrompts(3, SoftTokenInitialisation.uniform(), true).create(context(1));
              PromptModule flat =
                  new SoftPrompts(3, SoftTokenInitialisation.uniform(), false).create(context(1))) {
            deep.startFrom(prompt);
            assertClose(
                "offsets", deep.parameters().get(1).tensor(), offsets.narrow(1, 0, 3), 0, 0);
            assertRefused(flat, prompt, "offsets");
          }
        });
  }

  /** Layer 2 is in both: the second of the one and the first of the other. */
  @ParameterizedTest
  @CsvSource({"2, 1-2, 2-3", "3, 2-3, 1-2", "5, 1-2, 2-3", "5, 2-3, 1-2"})
  void aDeepPromptStartsFromAnEarlierOneInTheLayersOfBoth(
      int earlier, String layers, String earlierLayers) {
    Scope.run(
        () -> {
          long width = SPEC.prefixWidth();
          long at = layers.equals("1-2") ? width : 0;
          PositionConvention shifted = PositionConvention.SHIFTED;
          Tensor given = RandomStream.of(9).gaussian(1, earlier, 2 * width);
          List<Integer> indices = new LayerRange(earlierLayers).indices(3);
          try (PromptModule module = SmallMethods.deep(3, layers, shifted).create(context(1));
              DeepPrompt prompt = DeepPrompt.of(given, indices, shifted, SPEC, ENGINE)) {
            Tensor before = vectors(module);
            module.startFrom(prompt);
            Tensor after = vectors(module);
            int common = Math.min(3, earlier);
            assertClose(
                "layer 2",
                after.narrow(1, at, width).narrow(0, 0, common),
                given.narrow(1, width - at, width).narrow(0, 0, common),
                0,
                0);
            assertClose(
                "the rest of layer 2",
                after.narrow(1, at, width).narrow(0, common, 3 - common),
                before.narrow(1, at, width).narrow(0, common, 3 - common),
                0,
                0);
            assertClose(
                "the other layer",
                after.narrow(1, width - at, width),
                before.narrow(1, width - at, width),
                0,
                0);
          }
        });
  }

  @Test
  void whatCannotBeAStartIsRefused() {
    Scope.run(
        () -> {
          PositionConvention shifted = PositionConvention.SHIFTED;
          try (DeepPrompt deep =
                  DeepPrompt.of(
                      RandomStream.of(9).gaussian(1, 2, SPEC.prefixWidth()),
                      new LayerRange("1").indices(3),
                      shifted,
                      SPEC,
                      ENGINE);
              InputPrompt input =
                  InputPrompt.of(
                      RandomStream.of(9).gaussian(1, 2, WIDTH), Optional.empty(), SPEC, ENGINE)) {
            refuse(new PromptTuning(3, SoftTokenInitialisation.uniform()), deep, "keys and values");
            refuse(SmallMethods.encoded(PromptEncoderKind.NONE), deep, "keys and values");
            refuse(SmallMethods.encoded(PromptEncoderKind.LSTM), input, "encoder lstm");
            refuse(SmallMethods.deep(3, "all", shifted), input, "vectors at the input");
            refuse(SmallMethods.deep(3, "2-3", shifted), deep, "none in common");
            refuse(
                SmallMethods.deep(3, "1", PositionConvention.UNSHIFTED), deep, "positions shifted");
            refuse(SmallMethods.projected(), deep, "projection of width 16");
            refuse(PrefixTuning.ofLength(3), deep, "projection of width 512");
            refuse(new HeadOnly(), input, "nothing that could start");
          }
        });
  }

  private static void refuse(PromptMethod method, TrainedPrompt earlier, String message) {
    try (PromptModule module = method.create(context(1))) {
      assertRefused(module, earlier, message);
    }
  }

  private static void assertRefused(PromptModule module, TrainedPrompt earlier, String message) {
    assertThatThrownBy(() -> module.startFrom(earlier))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("start-from")
        .hasMessageContaining(message);
  }

  /** The module's first parameter, copied. */
  private static Tensor vectors(PromptModule module) {
    return module.parameters().get(0).tensor().detach().clone();
  }
}
