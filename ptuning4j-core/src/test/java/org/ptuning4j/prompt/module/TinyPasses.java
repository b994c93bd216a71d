package org.ptuning4j.prompt.module;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.TinyFamily;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.ForwardOptions;
import org.ptuning4j.backbone.ForwardOptions.Positions;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.method.HeadOnly;
import org.ptuning4j.prompt.method.SmallMethods;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Scope;

/** Passes of three texts through tiny models of every family, with a prompt in the layers. */
final class TinyPasses {

  private TinyPasses() {}

  /** Loads a family's model for one test. */
  static void with(TinyFamily family, Path folder, Consumer<Backbone> test) {
    try (Backbone backbone = family.load(folder)) {
      Scope.run(() -> test.accept(backbone));
    }
  }

  static PromptModule module(PromptMethod method, Backbone backbone) {
    return method.create(SmallMethods.context(backbone.spec(), backbone.engine(), 3));
  }

  static TokenBatch batch() {
    return SmallMethods.batch(new HeadOnly(), 0);
  }

  /** The states at the anchors, {@code [3, 1, H]}. */
  static Tensor states(Backbone backbone, Injection injection) {
    return backbone
        .forward(batch(), injection, ForwardOptions.evaluation(Positions.ANCHOR))
        .lastHidden();
  }

  static Tensor states(Backbone backbone, PromptModule module) {
    return states(backbone, module.inject(batch(), Dropout.off()));
  }

  /** How much the weighted sum of the states changes with one entry of a parameter. */
  static double slope(
      Backbone backbone, PromptModule module, Tensor parameter, Tensor weights, int entry) {
    double step = 0.02;
    double above = moved(backbone, module, parameter, weights, entry, step);
    double below = moved(backbone, module, parameter, weights, entry, -step);
    return (above - below) / (2 * step);
  }

  private static double moved(
      Backbone backbone,
      PromptModule module,
      Tensor parameter,
      Tensor weights,
      int entry,
      double step) {
    double[] sum = new double[1];
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  Tensor flat = parameter.detach().view(-1);
                  flat.select(0, entry).add_(new Scalar(step));
                  sum[0] = states(backbone, module).mul(weights).sum().item_double();
                  flat.select(0, entry).sub_(new Scalar(step));
                }));
    return sum[0];
  }
}
