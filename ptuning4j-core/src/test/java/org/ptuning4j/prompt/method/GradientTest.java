package org.ptuning4j.prompt.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/** Gradients through a backbone against central differences, for every method's parameters. */
class GradientTest {

  private static final double STEP = 1e-2;

  static Stream<PromptMethod> methods() {
    return SmallMethods.all();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void agreesWithCentralDifferences(PromptMethod method) {
    Scope.run(
        () -> {
          try (Backbone backbone =
                  BackboneFamilies.standard()
                      .load(ModelFolder.open(TinyModel.bert()), Engine.reference());
              PromptModule prompt =
                  method.create(SmallMethods.context(backbone.spec(), backbone.engine(), 5))) {
            Autograd.withoutGraph( // far from flat: small gradients drown in rounding
                () -> prompt.parameters().forEach(p -> p.tensor().mul_(new Scalar(3))));
            loss(backbone, method, prompt).backward();
            assertThat(prompt.parameters()).isNotEmpty();
            for (Parameter parameter : prompt.parameters()) {
              compare(backbone, method, prompt, parameter);
            }
          }
        });
  }

  /** The entry with the largest gradient: where a wrong sign or factor shows most. */
  private static void compare(
      Backbone backbone, PromptMethod method, PromptModule prompt, Parameter parameter) {
    Tensor gradient = parameter.tensor().grad().flatten();
    long at = gradient.abs().argmax().item_long();
    double expected = gradient.select(0, at).item_double();
    double up = shifted(backbone, method, prompt, parameter, at, STEP);
    double down = shifted(backbone, method, prompt, parameter, at, -STEP);
    assertThat(Math.abs(expected)).as("gradient of " + parameter.name()).isGreaterThan(1e-3);
    assertThat((up - down) / (2 * STEP))
        .as(parameter.name())
        .isCloseTo(expected, within(2e-2 * Math.abs(expected) + 1e-4));
  }

  private static double shifted(
      Backbone backbone,
      PromptMethod method,
      PromptModule prompt,
      Parameter parameter,
      long at,
      double by) {
    Tensor entry = parameter.tensor().detach().view(-1).select(0, at);
    double[] value = new double[1];
    Autograd.withoutGraph(
        () -> {
          Tensor before = entry.clone();
          entry.add_(new Scalar(by));
          value[0] = loss(backbone, method, prompt).item_double();
          entry.copy_(before);
        });
    return value[0];
  }

  /** A fixed random combination of the anchors' states, summed in double precision. */
  private static Tensor loss(Backbone backbone, PromptMethod method, PromptModule prompt) {
    TokenBatch batch = SmallMethods.batch(method, 0);
    Tensor states = // [B, 1, H]
        backbone
            .forward(
                batch,
                prompt.inject(batch, Dropout.off()),
                ForwardOptions.evaluation(Positions.ANCHOR))
            .lastHidden();
    Tensor weights = RandomStream.of(8).gaussian(1, batch.rows(), 1, backbone.spec().hidden());
    return states.to(ScalarType.Double).mul(weights.to(ScalarType.Double)).sum();
  }
}
