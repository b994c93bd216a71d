package org.ptuning4j.train.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.Direction;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.tensor.engine.Precision;

/** A model computes with the weights that the last step left, in every precision. */
class StepIsSeenTest {

  @TempDir static Path temp;

  private static Stream<Arguments> cells() {
    return TinyFamily.all().stream()
        .flatMap(
            family ->
                Stream.of(Precision.FP32, Precision.BF16)
                    .map(precision -> Arguments.of(family, precision)));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void aTrainedModelIsOneThatIsLoadedWithItsWeights(TinyFamily family, Precision precision) {
    Engine engine = Engine.recorded(precision, KernelPlan.plain());
    BackboneFamilies families = BackboneFamilies.standard();
    try (Backbone trained = families.loadTrainable(family.write(temp), engine);
        Backbone loaded = families.loadTrainable(family.write(temp), engine);
        AdamW optimiser = new AdamW(trained.parameters(), AdamW.Settings.of(0.1))) {
      float[] start = states(trained);
      for (int step = 0; step < 3; step++) {
        optimiser.zeroGradients();
        Scope.run(() -> forward(trained).to(Dtype.F32.scalarType()).square().mean().backward());
        optimiser.step(1e-2, 1);
      }
      float[] end = states(trained);
      assertThat(end).isNotEqualTo(start);
      copy(trained.parameters(), loaded.parameters());
      assertThat(end).isEqualTo(states(loaded));
      assertThat(Scope.run(() -> Tensors.floats(forward(trained)))).isEqualTo(end);
    }
  }

  private static void copy(List<Parameter> from, List<Parameter> to) {
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  for (int i = 0; i < from.size(); i++) {
                    to.get(i).tensor().copy_(from.get(i).tensor());
                  }
                }));
  }

  private static float[] states(Backbone backbone) {
    return Autograd.inference(() -> Scope.run(() -> Tensors.floats(forward(backbone))));
  }

  private static Tensor forward(Backbone backbone) {
    TokenRow text = TokenRow.of(new int[] {5, 7, 8, 9, 6}, new int[5]);
    boolean halves = backbone.spec().direction() == Direction.ENCODER_DECODER;
    TokenRow row = halves ? text.withTarget(3) : text;
    return backbone
        .forward(
            TokenBatch.of(List.of(row), 0),
            Injection.none(),
            ForwardOptions.evaluation(Positions.ALL))
        .lastHidden();
  }
}
