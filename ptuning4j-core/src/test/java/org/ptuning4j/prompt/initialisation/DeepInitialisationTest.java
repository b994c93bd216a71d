package org.ptuning4j.prompt.initialisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.form.PositionConvention;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.prompt.method.SmallWords;
import org.ptuning4j.prompt.module.PrefixAttention;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Where keys and values in layers start from. */
class DeepInitialisationTest {

  private static final int LAYERS = 3;
  private static final int PER_LAYER = 16;
  private static final BackboneSpec SPEC =
      new BackboneSpec("bert", LAYERS, 8, 2, 2, 4, 8, 64, 40, 2, true, true, 0, 0);
  private static final List<Integer> ALL = List.of(0, 1, 2);

  @TempDir private Path folder;

  private final SmallTexts texts = SmallTexts.of(LAYERS * PER_LAYER);

  private PromptContext context(long seed) {
    return new PromptContext(
        SPEC, Engine.reference(), RandomStream.of(seed), SmallWords.of(0, 30, 8), texts);
  }

  /** The tokens that a start was made of, as {@link SmallTexts} writes them into its values. */
  private String tokens(String init, int length) {
    return Scope.run(
        () -> {
          Tensor matrix =
              new DeepInitialisation(init).matrix(length, ALL, PrefixSoftmax.JOINT, context(1));
          float[] first = Tensors.floats(matrix.select(1, 0));
          List<String> names = SmallWords.of(0, 30, 8).tokens();
          return String.join(
              " ",
              IntStream.range(0, length)
                  .mapToObj(i -> names.get((int) (first[i] / 1000)))
                  .toList());
        });
  }

  @ParameterizedTest
  @CsvSource({
    "text:w5 w6 w7, 5, [CLS] w5 w6 w7 [SEP]",
    "text:w5 w6 w7, 8, [CLS] w5 w6 w7 w5 w6 w7 [SEP]",
    "text:w5 w6 w7, 4, [CLS] w5 w6 [SEP]",
    "text:w5 w6 w7, 3, [CLS] w5 [SEP]",
    "text:w5 w6 w7, 2, w5 w6",
    "text:w5 w6 w7, 1, w5",
    "examples, 11, [CLS] w10 w11 w1 w2 w20 w21 w22 w3 w10 [SEP]",
    "examples, 10, [CLS] w10 w11 w1 w2 w20 w21 w22 w3 [SEP]",
    "examples, 8, [CLS] w10 w1 w2 w20 w21 w3 [SEP]",
  })
  void theTextAsTheModelReadsItFillsThePrompt(String init, int length, String expected) {
    assertThat(tokens(init, length)).isEqualTo(expected);
  }

  /** The words of labels are joined by commas. */
  @Test
  void labelsAreOneText() {
    StartText labels = StartText.parse("labels").orElseThrow();
    SmallWords words = new SmallWords(List.of("[PAD]", "[CLS]", "[SEP]", "w1", "w2,", "w3"), 8);
    PromptContext context =
        new PromptContext(SPEC, Engine.reference(), RandomStream.of(1), words, texts);
    assertThat(labels.framedTokens(7, context)).containsExactly(1, 3, 4, 5, 3, 4, 2);
    assertThat(labels.tokens(3, context)).containsExactly(3, 4, 5);
  }

  @Test
  void whatIsRepeatedOrCutIsSaid() {
    tokens("text:w5 w6 w7", 8);
    tokens("text:w5 w6 w7", 5);
    tokens("text:w5 w6 w7", 3);
    assertThat(texts.remarks())
        .containsExactly(
            "init: the text has 3 tokens, which are repeated to fill the 6 of the prompt that it"
                + " starts",
            "init: the text has 3 tokens, which are cut to the 1 of the prompt that it starts");
  }

  /** Layers that carry no prompt are passed over; every value stays where its layer has it. */
  @Test
  void eachLayerHasItsOwn() {
    Scope.run(
        () -> {
          DeepInitialisation text = DeepInitialisation.text("w5");
          Tensor matrix = text.matrix(3, List.of(0, 2), PrefixSoftmax.JOINT, context(1));
          assertThat(Tensors.shape(matrix)).containsExactly(3, 2 * PER_LAYER);
          float[] second = Tensors.floats(matrix.select(0, 1));
          int id = context(1).words().id("w5").orElseThrow();
          for (int column = 0; column < PER_LAYER; column++) {
            assertThat(second[column]).isEqualTo(id * 1000f + column);
            assertThat(second[PER_LAYER + column]).isEqualTo(id * 1000f + 2 * PER_LAYER + column);
          }
        });
  }

  /** What a softmax of its own gives is added: it starts with nothing, whatever the keys are. */
  @ParameterizedTest
  @ValueSource(strings = {"text:w5", "labels", "model-normal", "unit-normal"})
  void withASoftmaxOfItsOwnOnlyTheKeysAreGiven(String init) {
    Scope.run(
        () -> {
          DeepInitialisation start = new DeepInitialisation(init);
          Tensor joint = start.matrix(3, List.of(0, 2), PrefixSoftmax.JOINT, context(1));
          Tensor own = start.matrix(3, List.of(0, 2), PrefixSoftmax.SEPARATE, context(1));
          Tensor keys = own.view(3, 2, 2, PER_LAYER / 2).select(2, 0);
          Tensor values = own.view(3, 2, 2, PER_LAYER / 2).select(2, 1);
          assertThat(keys.equal(joint.view(3, 2, 2, PER_LAYER / 2).select(2, 0))).isTrue();
          assertThat(values.abs().max().item_double()).isZero();
          assertThat(keys.abs().max().item_double()).isPositive();
        });
  }

  /** Of the rows 1, 3 and 8 the deviation is that of what their keys, or values, hold together. */
  @Test
  void modelNormalHasTheWidthOfEachLayersKeysAndValues() {
    Scope.run(
        () -> {
          int length = 4000;
          Tensor matrix =
              new DeepInitialisation("model-normal")
                  .matrix(length, List.of(1, 2), PrefixSoftmax.JOINT, context(1));
          double[] entries =
              Arrays.stream(new int[] {1, 3, 8})
                  .boxed()
                  .flatMap(id -> IntStream.range(0, PER_LAYER / 2).mapToObj(c -> id * 1000.0 + c))
                  .mapToDouble(value -> value)
                  .toArray();
          double mean = Arrays.stream(entries).average().orElseThrow();
          double variance =
              Arrays.stream(entries).map(e -> (e - mean) * (e - mean)).sum() / (entries.length - 1);
          for (int part = 0; part < 4; part++) {
            Tensor own = matrix.narrow(1, part * (PER_LAYER / 2L), PER_LAYER / 2);
            double deviation = Math.sqrt(own.square().mean().item_double());
            assertThat(deviation).isCloseTo(Math.sqrt(variance), within(0.02 * deviation));
            assertThat(own.mean().item_double()).isCloseTo(0, within(0.03 * deviation));
          }
        });
  }

  @Test
  void aFileIsReadWhereTheSettingIs() throws IOException {
    Path file = Files.writeString(folder.resolve("start.txt"), "  w5 w6\nw7\n");
    DeepInitialisation start = DeepInitialisation.parse("text:@" + file);
    assertThat(start).isEqualTo(DeepInitialisation.text("w5 w6\nw7"));
    assertThat(SoftTokenInitialisation.parse("text:@" + file).text()).isEqualTo(start.text());
  }

  @Test
  void aFileThatIsNotThereOrEmpty() throws IOException {
    Path missing = folder.resolve("missing.txt");
    assertThatThrownBy(() -> DeepInitialisation.parse("text:@" + missing))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("init: file '" + missing + "' cannot be read");
    Path empty = Files.writeString(folder.resolve("empty.txt"), " \n");
    assertThatThrownBy(() -> DeepInitialisation.parse("text:@" + empty))
        .hasMessageContaining("init: file '" + empty + "' has no words");
  }

  @ParameterizedTest
  @ValueSource(strings = {"random", "text", "text:", "text: ", "label", "vocabulary", ""})
  void whatIsNoStart(String init) {
    assertThatThrownBy(() -> new DeepInitialisation(init))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("init: ");
  }

  @Test
  void examplesThatDoNotFit() {
    assertThatThrownBy(() -> tokens("examples", 7))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("2 examples have 2 virtual tokens each")
        .hasMessageContaining("label 'w1 w2' alone takes 2")
        .hasMessageContaining("prompt-length to 8 or more");
    assertThat(tokens("examples", 8)).startsWith("[CLS] w10 w1 w2");
  }

  @Test
  void withoutARunThereAreNoTexts() {
    PromptContext alone =
        new PromptContext(SPEC, Engine.reference(), RandomStream.of(1), SmallWords.of(0, 30, 8));
    for (String init : List.of("labels", "examples", "text:w1", "model-normal")) {
      assertThatThrownBy(
              () -> new DeepInitialisation(init).matrix(5, ALL, PrefixSoftmax.JOINT, alone))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("init");
    }
  }

  /** Keys and values cannot be given to what makes them. */
  @ParameterizedTest
  @ValueSource(strings = {"labels", "examples", "text:w1", "model-normal"})
  void aProjectionIsDrawn(String init) {
    DeepInitialisation start = new DeepInitialisation(init);
    assertThatThrownBy(
            () ->
                new PTuningV2(
                    5,
                    LayerRange.all(),
                    Optional.of(16),
                    0,
                    PositionConvention.SHIFTED,
                    start,
                    PrefixAttention.plain()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("init: '" + init + "'")
        .hasMessageContaining("normal, unit-normal or zero");
    assertThatThrownBy(
            () ->
                new PrefixTuning(
                    5, 16, 0, PositionConvention.SHIFTED, start, PrefixAttention.plain()))
        .hasMessageContaining("prefix-tuning makes them");
  }

  @Test
  void aPromptOfLengthZeroStartsFromAnything() {
    Scope.run(
        () ->
            assertThat(
                    Tensors.shape(
                        DeepInitialisation.text("w1")
                            .matrix(0, List.of(1), PrefixSoftmax.JOINT, context(1))))
                .containsExactly(0, PER_LAYER));
  }
}
