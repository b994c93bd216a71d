package org.ptuning4j.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ptuning4j.Closeness.assertClose;
import static org.ptuning4j.Closeness.assertCloseAtTokens;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.GoldenSet.Case;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/**
 * Families with relative positions under options that the golden sets lack: hidden states, scores
 * of words, and all weights after a step of gradient descent, against another implementation
 * ({@code relative/make.py}).
 */
class RelativeOptionsTest {

  private static final double TOLERANCE = 1e-4;

  @TestFactory
  Stream<DynamicTest> hiddenStates() {
    return cases("forward", Engine.reference(), RelativeOptionsTest::checkStates);
  }

  @TestFactory
  Stream<DynamicTest> hiddenStatesWithFastKernels() {
    return cases("forward", fast(), RelativeOptionsTest::checkStates);
  }

  @TestFactory
  Stream<DynamicTest> scoresOfWordsAndAStepOfTraining() {
    return cases("mlm", Engine.reference(), RelativeOptionsTest::checkScores);
  }

  @TestFactory
  Stream<DynamicTest> scoresOfWordsAndAStepOfTrainingWithFastKernels() {
    return cases("mlm", fast(), RelativeOptionsTest::checkScores);
  }

  private static Engine fast() {
    return Engine.recorded(
        Precision.FP32,
        new KernelPlan(
            KernelPlan.Linear.CONVOLUTION, KernelPlan.Attention.FUSED, KernelPlan.Attention.FUSED));
  }

  private interface Check {
    void run(Case c, Engine engine);
  }

  private static Stream<DynamicTest> cases(String kind, Engine engine, Check check) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : folders()) {
      for (Case c : GoldenSet.cases(folder, kind)) {
        tests.add(DynamicTest.dynamicTest(c.name(), () -> Scope.run(() -> check.run(c, engine))));
      }
    }
    assertThat(tests).hasSize(28); // 14 models, two texts each
    return tests.stream();
  }

  private static List<Path> folders() {
    try {
      Path all = Path.of(RelativeOptionsTest.class.getResource("/relative").toURI());
      try (Stream<Path> files = Files.list(all)) {
        return files.filter(Files::isDirectory).sorted().toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void checkStates(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().load(folder, engine)) {
      TokenBatch tokens = c.tokens("");
      BackboneOutput output =
          backbone.forward(
              tokens,
              Injection.none(),
              ForwardOptions.evaluation(Positions.ALL).withAllHiddenStates());
      Map<String, String> keys = c.keys("outputs", "hidden_states.");
      assertThat(output.hiddenStates()).hasSize(keys.size());
      keys.forEach(
          (layer, key) ->
              assertCloseAtTokens(
                  "hidden state " + layer,
                  output.hiddenStates().get(Integer.parseInt(layer)),
                  c.read(key),
                  tokens,
                  TOLERANCE));
      for (int[] anchors : List.of(new int[tokens.rows()], lastColumns(tokens))) {
        checkAnchors(c, backbone, tokens, anchors);
      }
    }
  }

  private static int[] lastColumns(TokenBatch tokens) {
    int[] last = new int[tokens.rows()];
    for (int row = 0; row < last.length; row++) {
      last[row] = tokens.length(row) - 1;
    }
    return last;
  }

  private static void checkAnchors(Case c, Backbone backbone, TokenBatch all, int[] anchors) {
    TokenBatch tokens =
        new TokenBatch(
            all.rows(), all.columns(), all.ids(), all.mask(), all.typeIds(), all.slots(), anchors);
    Tensor read =
        backbone
            .forward(tokens, Injection.none(), ForwardOptions.evaluation(Positions.ANCHOR))
            .first();
    Tensor expected = c.output("last_hidden_state");
    for (int row = 0; row < anchors.length; row++) {
      assertClose(
          "anchor of row " + row,
          read.select(0, row),
          expected.select(0, row).select(0, anchors[row]),
          TOLERANCE,
          0);
    }
  }

  private static void checkScores(Case c, Engine engine) {
    ModelFolder folder = ModelFolder.open(c.folder().resolve("model"));
    try (Backbone backbone = BackboneFamilies.standard().loadTrainable(folder, engine)) {
      TokenBatch tokens = c.tokens("");
      Tensor states =
          backbone
              .forward(tokens, Injection.none(), ForwardOptions.evaluation(Positions.ALL))
              .lastHidden()
              .reshape(-1, backbone.spec().hidden());
      Tensor logits = backbone.languageModel().logits(states);
      Tensor expected = c.output("logits");
      assertCloseAtTokens("logits", logits.view_as(expected), expected, tokens, TOLERANCE);
      Tensor loss = torch.cross_entropy_loss(logits, c.input("labels").flatten());
      assertThat((double) loss.item_float()).isCloseTo(c.output("loss").item_float(), within(1e-4));
      Map<String, String> stepped = c.keys("outputs", "stepped/");
      if (!stepped.isEmpty()) {
        loss.backward();
        checkStep(c, backbone, stepped);
      }
    }
  }

  /** Every weight, under the name that the other implementation saves it by. */
  private static void checkStep(Case c, Backbone backbone, Map<String, String> expected) {
    List<Parameter> all = new ArrayList<>(backbone.parameters());
    all.addAll(backbone.languageModel().parameters());
    for (Parameter parameter : all) {
      Tensor gradient = parameter.tensor().grad();
      if (gradient.defined()) {
        Autograd.withoutGraph(() -> parameter.tensor().sub_(gradient.mul(new Scalar(0.1))));
      }
    }
    Map<String, Tensor> named = new TreeMap<>();
    backbone.namedWeights().forEach((name, tensor) -> named.put(saved(name, expected), tensor));
    assertThat(named.keySet()).isEqualTo(new TreeMap<>(expected).keySet());
    named.forEach(
        (name, tensor) -> assertClose(name, tensor, c.read(expected.get(name)), 1e-4, 1e-3));
  }

  private static String saved(String name, Map<String, String> expected) {
    return expected.keySet().stream()
        .filter(saved -> saved.equals(name) || saved.endsWith("." + name))
        .findFirst()
        .orElse(name);
  }
}
