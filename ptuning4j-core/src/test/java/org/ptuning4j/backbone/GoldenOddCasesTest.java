package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.PublishedHeads;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.layer.Activation;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * Cases for which the library has no head or method: ELECTRA's verdict on each token, and the soft
 * prompts of P-Tuning v2's released code, which embeds the text twice.
 */
class GoldenOddCasesTest {

  private static Stream<DynamicTest> cases(String kind, BiConsumer<Case, Backbone> check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : GoldenSet.supportedArchitectures()) {
      for (Case c : GoldenSet.cases(folder, kind)) {
        tests.add(
            DynamicTest.dynamicTest(
                c.name(),
                () ->
                    Scope.run(
                        () -> {
                          ModelFolder model = ModelFolder.open(folder.resolve("model"));
                          try (Backbone backbone =
                              BackboneFamilies.standard().load(model, Engine.reference())) {
                            check.accept(c, backbone);
                          }
                        })));
      }
    }
    assertThat(tests).as("cases in " + GoldenSet.folder()).isNotEmpty();
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> replacedTokens() {
    return cases("discriminator", GoldenOddCasesTest::checkDiscriminator);
  }

  private static void checkDiscriminator(Case c, Backbone backbone) {
    TokenBatch tokens = c.tokens("");
    Tensor states =
        backbone
            .forward(tokens, Injection.none(), ForwardOptions.evaluation(Positions.ALL))
            .lastHidden();
    ModelFolder model = ModelFolder.open(c.folder().resolve("model"));
    try (TensorSource weights = model.tensors()) {
      Tensor dense = linear(weights, "discriminator_predictions.dense", states);
      Tensor logits =
          linear(
              weights,
              "discriminator_predictions.dense_prediction",
              Activation.of(model.config(), "hidden_act").apply(dense));
      Tensor expected = c.output("logits");
      assertCloseAtTokens(
          "logits", logits.view_as(expected).unsqueeze(2), expected.unsqueeze(2), tokens, 1e-4);
    }
  }

  private static Tensor linear(TensorSource weights, String name, Tensor x) {
    return torch.linear(
        x, weights.read(name + ".weight"), new TensorOptional(weights.read(name + ".bias")));
  }

  @TestFactory
  Stream<DynamicTest> textsThatAreEmbeddedTwice() {
    return cases("soft_seqcls_ptv2_repo", GoldenOddCasesTest::checkEmbeddedTwice);
  }

  /** The text's embeddings, finished, take the places of its words: so all columns are soft. */
  private static void checkEmbeddedTwice(Case c, Backbone backbone) {
    TokenBatch words = c.tokens("");
    Tensor soft = c.input("soft").set_requires_grad(true); // [P, E]
    Tensor embedded =
        backbone
            .forward(
                words,
                Injection.none(),
                ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates())
            .hiddenStates()
            .get(0); // [B, n, H]
    long rows = words.rows();
    int length = Math.toIntExact(soft.size(0));
    int columns = length + words.columns();
    Tensor vectors =
        Tensors.cat(1, soft.unsqueeze(0).expand(rows, length, soft.size(1)), embedded)
            .reshape(-1, soft.size(1));
    long[] mask = new long[words.rows() * columns];
    int[] slots = new int[mask.length];
    for (int at = 0; at < mask.length; at++) {
      int column = at % columns;
      slots[at] = column;
      mask[at] =
          column < length ? 1 : words.mask()[at / columns * words.columns() + column - length];
    }
    int[] anchors = new int[words.rows()];
    Arrays.fill(anchors, c.node().get("pool_index").asInt());
    TokenBatch tokens =
        new TokenBatch(
            words.rows(),
            columns,
            new long[mask.length],
            mask,
            new long[mask.length],
            slots,
            anchors);
    InputVectors inputs = new InputVectors(LongStream.range(0, mask.length).toArray(), vectors);
    Tensor read =
        backbone
            .forward(tokens, Injection.inputs(inputs), ForwardOptions.evaluation(Positions.ANCHOR))
            .first();
    Tensor logits = PublishedHeads.logits(c, backbone, read);
    assertClose("logits", logits, c.output("logits"), 1e-4, 0);
    Tensor loss = torch.cross_entropy_loss(logits, c.input("labels"));
    assertThat((double) loss.item_float()).isCloseTo(c.output("loss").item_float(), within(1e-4));
    loss.backward();
    assertClose("grad_soft", soft.grad(), c.output("grad_soft"), 1e-4, 1e-3);
  }
}
