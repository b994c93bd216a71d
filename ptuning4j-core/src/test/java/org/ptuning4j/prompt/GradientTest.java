package org.ptuning4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ptuning4j.TinyModel;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.head.SequenceHeadSpec.Input;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Engine;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/**
 * Gradients against central differences, for the prompt with and without projection and every head.
 */
class GradientTest {

  private static final double STEP = 1e-2;

  static Stream<Object[]> settings() {
    return Stream.of(Optional.<Integer>empty(), Optional.of(16))
        .flatMap(
            projection -> Stream.of(Input.values()).map(input -> new Object[] {projection, input}));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void agreesWithCentralDifferences(Optional<Integer> projection, Input input) {
    Scope.run(
        () -> {
          try (Backbone backbone =
              BackboneFamilies.standard()
                  .load(ModelFolder.open(TinyModel.bert()), Engine.reference())) {
            check(backbone, projection, input);
          }
        });
  }

  private static void check(Backbone backbone, Optional<Integer> projection, Input input) {
    PTuningV2 method =
        new PTuningV2(
            3,
            new LayerRange("2-3"),
            projection,
            0,
            PositionConvention.SHIFTED,
            Initialisation.UNIT_NORMAL);
    try (PromptModule prompt =
            method.create(backbone.spec(), backbone.engine(), RandomStream.of(5));
        SequenceHead head =
            SequenceHead.initialised(
                new SequenceHeadSpec(3, input, 0),
                backbone.spec().hidden(),
                backbone.engine(),
                RandomStream.of(6))) {
      Autograd.withoutGraph(
          () -> head.parameters().forEach(p -> p.tensor().mul_(new Scalar(10)))); // far from flat
      loss(backbone, prompt, head).backward();
      for (Parameter parameter :
          Stream.concat(prompt.parameters().stream(), head.parameters().stream()).toList()) {
        compare(backbone, prompt, head, parameter);
      }
    }
  }

  /** The entry with the largest gradient: where a wrong sign or factor shows most. */
  private static void compare(
      Backbone backbone, PromptModule prompt, SequenceHead head, Parameter parameter) {
    Tensor gradient = parameter.tensor().grad().flatten();
    long at = gradient.abs().argmax().item_long();
    double expected = gradient.select(0, at).item_double();
    double up = shifted(backbone, prompt, head, parameter, at, STEP);
    double down = shifted(backbone, prompt, head, parameter, at, -STEP);
    assertThat(expected).as("gradient of " + parameter.name()).isNotZero();
    assertThat((up - down) / (2 * STEP))
        .as(parameter.name())
        .isCloseTo(expected, within(2e-2 * Math.abs(expected) + 2e-5));
  }

  private static double shifted(
      Backbone backbone,
      PromptModule prompt,
      SequenceHead head,
      Parameter parameter,
      long at,
      double by) {
    Tensor entry = parameter.tensor().detach().view(-1).select(0, at);
    double[] value = new double[1];
    Autograd.withoutGraph(
        () -> {
          Tensor before = entry.clone();
          entry.add_(new Scalar(by));
          value[0] = loss(backbone, prompt, head).item_double();
          entry.copy_(before);
        });
    return value[0];
  }

  private static Tensor loss(Backbone backbone, PromptModule prompt, SequenceHead head) {
    TokenBatch tokens =
        TokenBatch.of(
            List.of(new int[] {5, 30, 31, 6}, new int[] {5, 99, 6}),
            List.of(new int[4], new int[3]),
            0);
    BackboneOutput output =
        backbone.forward(
            tokens, prompt.inject(2, Dropout.off()), ForwardOptions.evaluation(head.reads()));
    return head.loss(head.logits(backbone, output, Dropout.off()), new long[] {2, 0});
  }
}
