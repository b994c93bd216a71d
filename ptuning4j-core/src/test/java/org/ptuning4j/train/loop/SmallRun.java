package org.ptuning4j.train.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneOutput;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.backbone.TokenRow;
import org.ptuning4j.head.Head;
import org.ptuning4j.head.HeadInput;
import org.ptuning4j.head.Item;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.head.Target;
import org.ptuning4j.head.linear.LinearHeadSpec;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.PromptVocabulary;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;

/** Training steps on a backbone in memory, without files. */
public final class SmallRun {

  private SmallRun() {}

  public static void steps(Backbone backbone, int count) {
    steps(backbone, PTuningV2.asPublished(4), count, step -> {});
  }

  /** Steps of a method; {@code after} is told the number of each, from 1. */
  public static void steps(Backbone backbone, PromptMethod method, int count, IntConsumer after) {
    try (PromptModule prompt =
            method.create(
                new PromptContext(
                    backbone.spec(), backbone.engine(), RandomStream.of(1), NoWords.INSTANCE));
        Head head =
            LinearHeadSpec.sequence(2, SequenceInput.POOLER, 0.1)
                .create(backbone, RandomStream.of(2))) {
      List<Parameter> parameters = new ArrayList<>(prompt.parameters());
      parameters.addAll(head.parameters());
      Dropout dropout = Dropout.from(RandomStream.of(3));
      try (AdamW optimiser = new AdamW(parameters, AdamW.Settings.of(0))) {
        for (int step = 0; step < count; step++) {
          optimiser.zeroGradients();
          Scope.run(() -> backward(backbone, prompt, head, dropout));
          optimiser.step(1e-2, 1);
          after.accept(step + 1);
        }
      }
    }
  }

  private static void backward(Backbone backbone, PromptModule prompt, Head head, Dropout dropout) {
    List<Item> items =
        List.of(
            Item.of(TokenRow.of(new int[] {5, 30, 31, 6}, new int[4]))
                .withTarget(new Target.Choice(1)),
            Item.of(TokenRow.of(new int[] {5, 99, 6}, new int[3]))
                .withTarget(new Target.Choice(0)));
    TokenBatch tokens = TokenBatch.of(items.stream().map(item -> item.rows().get(0)).toList(), 0);
    BackboneOutput output =
        backbone.forward(
            tokens,
            prompt.inject(tokens, dropout),
            ForwardOptions.training(head.reads(), dropout, 0.1, 0.1));
    head.loss(head.scores(new HeadInput(backbone, output.lastHidden(), items, dropout)), items)
        .mean()
        .backward();
  }

  /** For methods that start from no word. */
  private enum NoWords implements PromptVocabulary {
    INSTANCE;

    @Override
    public int size() {
      throw new IllegalStateException("no words are asked for");
    }

    @Override
    public int[] ids(String text) {
      throw new IllegalStateException("no words are asked for");
    }

    @Override
    public OptionalInt id(String token) {
      throw new IllegalStateException("no words are asked for");
    }

    @Override
    public Tensor vectors(int[] ids) {
      throw new IllegalStateException("no words are asked for");
    }
  }
}
