package org.ptuning4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.head.SequenceHead;
import org.ptuning4j.head.SequenceHeadSpec;
import org.ptuning4j.prompt.PTuningV2;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/** Training steps on a backbone in memory, without files. */
final class SmallRun {

  private SmallRun() {}

  static void steps(Backbone backbone, int count) {
    steps(backbone, PTuningV2.ofLength(4), count, step -> {});
  }

  /** Steps of a method; {@code after} is told the number of each, from 1. */
  static void steps(Backbone backbone, PromptMethod method, int count, IntConsumer after) {
    try (PromptModule prompt =
            method.create(backbone.spec(), backbone.engine(), RandomStream.of(1));
        SequenceHead head =
            SequenceHead.initialised(
                new SequenceHeadSpec(2, SequenceHeadSpec.Input.POOLER, 0.1),
                backbone.spec().hidden(),
                backbone.engine(),
                RandomStream.of(2))) {
      List<Parameter> parameters = new ArrayList<>(prompt.parameters());
      parameters.addAll(head.parameters());
      Dropout dropout = Dropout.from(RandomStream.of(3));
      try (AdamW optimiser = new AdamW(parameters, 0)) {
        for (int step = 0; step < count; step++) {
          optimiser.zeroGradients();
          Scope.run(() -> backward(backbone, prompt, head, dropout));
          optimiser.step(1e-2);
          after.accept(step + 1);
        }
      }
    }
  }

  private static void backward(
      Backbone backbone, PromptModule prompt, SequenceHead head, Dropout dropout) {
    TokenBatch tokens =
        TokenBatch.of(
            List.of(new int[] {5, 30, 31, 6}, new int[] {5, 99, 6}),
            List.of(new int[4], new int[3]),
            0);
    BackboneOutput output =
        backbone.forward(
            tokens,
            prompt.inject(2, dropout),
            ForwardOptions.training(head.reads(), dropout, 0.1, 0.1));
    head.loss(head.logits(backbone, output, dropout), new long[] {1, 0}).backward();
  }
}
