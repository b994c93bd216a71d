package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/** Vectors and offsets of soft tokens: their gradients, and what is refused. */
class SoftTokensTest {

  private static final double STEP = 1e-2;
  private static final TokenBatch BATCH =
      TokenBatch.of(
          List.of(
              new TokenRow(new int[] {5, 30, 31, 6}, new int[4], new int[] {-1, 0, 1, -1}, 3),
              new TokenRow(new int[] {5, 99, 6}, new int[3], new int[] {0, -1, -1}, 1)),
          0);

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta"})
  void gradientsAgreeWithCentralDifferences(String family) {
    with(
        family,
        false,
        backbone -> {
          int hidden = backbone.spec().hidden();
          RandomStream random = RandomStream.of(7);
          Tensor read = random.gaussian(1, 2, 1, hidden);
          List<Tensor> learnt =
              List.of(
                  random.gaussian(1, 3, hidden).set_requires_grad(true),
                  random.gaussian(1, 3, hidden).set_requires_grad(true),
                  random.gaussian(1, 3, hidden).set_requires_grad(true));
          loss(backbone, learnt, read).backward();
          for (Tensor tensor : learnt) {
            compare(backbone, learnt, read, tensor);
          }
        });
  }

  private static void compare(Backbone backbone, List<Tensor> learnt, Tensor read, Tensor tensor) {
    Tensor gradient = tensor.grad().flatten();
    long at = gradient.abs().argmax().item_long();
    double expected = gradient.select(0, at).item_double();
    assertThat(expected).isNotZero();
    Tensor entry = tensor.detach().view(-1).select(0, at);
    double[] values = new double[2];
    Autograd.withoutGraph(
        () -> {
          entry.add_(new Scalar(STEP));
          values[0] = loss(backbone, learnt, read).item_double();
          entry.sub_(new Scalar(2 * STEP));
          values[1] = loss(backbone, learnt, read).item_double();
          entry.add_(new Scalar(STEP));
        });
    assertThat((values[0] - values[1]) / (2 * STEP))
        .isCloseTo(expected, within(2e-2 * Math.abs(expected) + 1e-4));
  }

  private static Tensor loss(Backbone backbone, List<Tensor> learnt, Tensor read) {
    Injection injection =
        new Injection(
            Map.of(),
            Optional.empty(),
            Optional.of(new InputVectors(BATCH.softPlaces(), learnt.get(0))),
            Map.of(1, learnt.get(1), 2, learnt.get(2)));
    return backbone
        .forward(BATCH, injection, ForwardOptions.evaluation(Positions.ANCHOR))
        .lastHidden()
        .mul(read)
        .sum();
  }

  @Test
  void wordVectorsAtTheirPlacesAreTheWordsThemselves() {
    with(
        "bert",
        false,
        backbone -> {
          TokenBatch words = new TokenBatch(2, 4, BATCH.ids(), BATCH.mask(), BATCH.typeIds());
          Tensor vectors = backbone.wordVectors(new int[] {30, 31, 5});
          assertThat(Tensors.dtype(vectors)).isEqualTo(Dtype.F32);
          assertThat(vectors.requires_grad()).isFalse();
          ForwardOptions all = ForwardOptions.evaluation(Positions.ALL);
          assertClose(
              "states",
              backbone
                  .forward(
                      BATCH, Injection.inputs(new InputVectors(BATCH.softPlaces(), vectors)), all)
                  .lastHidden(),
              backbone.forward(words, Injection.none(), all).lastHidden(),
              0,
              0);
          assertThatThrownBy(() -> backbone.wordVectors(new int[] {3, -1}))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("words[1]: -1");
        });
  }

  @Test
  void offsetsAreNoPartOfTheReportedStatesBelowThem() {
    with(
        "bert",
        false,
        backbone -> {
          Tensor vectors = backbone.wordVectors(new int[] {1, 2, 3});
          ForwardOptions all = ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates();
          Optional<InputVectors> inputs =
              Optional.of(new InputVectors(BATCH.softPlaces(), vectors));
          List<Tensor> plain =
              backbone
                  .forward(BATCH, new Injection(Map.of(), Optional.empty(), inputs, Map.of()), all)
                  .hiddenStates();
          List<Tensor> moved =
              backbone
                  .forward(
                      BATCH,
                      new Injection(Map.of(), Optional.empty(), inputs, Map.of(2, vectors)),
                      all)
                  .hiddenStates();
          for (int layer = 0; layer <= 2; layer++) {
            assertClose("state " + layer, moved.get(layer), plain.get(layer), 0, 0);
          }
          assertThat(moved.get(3).sub(plain.get(3)).abs().max().item_float()).isPositive();
        });
  }

  @Test
  void aTrainedBackbonesWordsUnderSoftTokensGetNoGradient() {
    with(
        "bert",
        true,
        backbone -> {
          Tensor soft =
              RandomStream.of(1).gaussian(1, 3, backbone.spec().hidden()).set_requires_grad(true);
          Tensor states =
              backbone
                  .forward(
                      BATCH,
                      Injection.inputs(new InputVectors(BATCH.softPlaces(), soft)),
                      ForwardOptions.evaluation(Positions.ANCHOR))
                  .first();
          states.pow(new Scalar(3)).sum().backward();
          Tensor words =
              backbone.parameters().stream()
                  .filter(p -> p.name().equals("backbone.embeddings.word_embeddings.weight"))
                  .map(Parameter::tensor)
                  .findFirst()
                  .orElseThrow()
                  .grad();
          assertThat(size(words.select(0, 30))).isZero();
          assertThat(size(words.select(0, 31))).isZero();
          assertThat(size(words.select(0, 99))).isPositive();
          assertThat(size(words.select(0, 5))).isPositive(); // a word in the first row
          assertThat(size(soft.grad())).isPositive();
        });
  }

  private static double size(Tensor tensor) {
    return tensor.abs().sum().item_double();
  }

  @Test
  void refusesWhatDoesNotBelongTogether() {
    with(
        "bert",
        false,
        backbone -> {
          int hidden = backbone.spec().hidden();
          RandomStream random = RandomStream.of(1);
          Tensor good = random.gaussian(1, 3, hidden);
          long[] places = BATCH.softPlaces();
          assertThat(places).containsExactly(1, 2, 4);
          refused(backbone, Injection.none(), "soft tokens at [1, 2, 4]");
          refused(backbone, inputs(new long[] {1, 2}, good), "vectors for [1, 2]");
          refused(backbone, inputs(new long[] {1, 2, 2}, good), "vectors for [1, 2, 2]");
          refused(backbone, inputs(new long[] {1, 2, 8}, good), "vectors for [1, 2, 8]");
          refused(
              backbone,
              inputs(places, random.gaussian(1, 2, hidden)),
              "inputs: [2, " + hidden + "]; needed is [3, " + hidden + "]");
          refused(backbone, inputs(places, random.gaussian(1, 3, hidden + 1)), "inputs: [3, ");
          Optional<InputVectors> inputs = Optional.of(new InputVectors(places, good));
          for (int layer : new int[] {0, backbone.spec().layers()}) {
            refused(
                backbone,
                new Injection(Map.of(), Optional.empty(), inputs, Map.of(layer, good)),
                "offsets of layer " + layer + "; there are 1 to 2");
          }
          refused(
              backbone,
              new Injection(
                  Map.of(), Optional.empty(), inputs, Map.of(1, random.gaussian(1, 2, hidden))),
              "offsets of layer 1: [2, ");
        });
  }

  @Test
  void refusesAnAnchorOutsideItsRow() {
    with(
        "bert",
        false,
        backbone ->
            assertThatThrownBy(
                    () ->
                        backbone.forward(
                            new TokenBatch(
                                1,
                                2,
                                new long[] {5, 6},
                                new long[] {1, 1},
                                new long[2],
                                new int[0],
                                new int[] {2}),
                            Injection.none(),
                            ForwardOptions.evaluation(Positions.ANCHOR)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row 0 has its anchor at 2 of 2 columns"));
  }

  private static Injection inputs(long[] index, Tensor vectors) {
    return Injection.inputs(new InputVectors(index, vectors));
  }

  private static void refused(Backbone backbone, Injection injection, String message) {
    assertThatThrownBy(
            () -> backbone.forward(BATCH, injection, ForwardOptions.evaluation(Positions.ALL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void with(String family, boolean trainable, Consumer<Backbone> block) {
    ModelFolder folder = ModelFolder.open(TinyModel.folder(family));
    BackboneFamilies families = BackboneFamilies.standard();
    Scope.run(
        () -> {
          try (Backbone backbone =
              trainable
                  ? families.loadTrainable(folder, Engine.reference())
                  : families.load(folder, Engine.reference())) {
            block.accept(backbone);
          }
        });
  }
}
