package org.ptuning4j.prompt.module;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Residual reparameterisation (Razdaibiedina et al., arXiv 2305.03937, section 3): soft tokens x
 * are trained through {@code x + W₂·relu(W₁·x + b₁) + b₂}, one network for all of them, which is
 * thrown away after training. Here the second layer starts at zero, so that training starts at x,
 * and there is no norm after it, as that would not leave x what it is.
 *
 * @param engine where it computes
 * @param down W₁, {@code [M, E]}
 * @param downBias b₁, {@code [M]}
 * @param up W₂, {@code [E, M]}
 * @param upBias b₂, {@code [E]}
 */
record ResidualNetwork(
    Engine engine, Parameter down, Parameter downBias, Parameter up, Parameter upBias) {

  /** A network of a width, its first layer uniform within 1/√E as PyTorch's are. */
  static ResidualNetwork initialised(int width, PromptContext context) {
    long inputs = context.spec().embeddingWidth();
    double bound = 1 / Math.sqrt((double) inputs);
    Engine engine = context.engine();
    return new ResidualNetwork(
        engine,
        parameter(
            "residual.0.weight",
            SoftTokenInitialisation.uniform(context.random(), bound, width, inputs),
            engine),
        parameter(
            "residual.0.bias",
            SoftTokenInitialisation.uniform(context.random(), bound, width),
            engine),
        parameter("residual.2.weight", torch.zeros(inputs, width), engine),
        parameter("residual.2.bias", torch.zeros(inputs), engine));
  }

  private static Parameter parameter(String name, Tensor start, Engine engine) {
    return Parameter.of(name, start, engine);
  }

  /** The number of its values: {@code (E+1)·M + (M+1)·E}. */
  static long parameterCount(long width, long inputs) {
    return (inputs + 1) * width + (width + 1) * inputs;
  }

  /** What is trained. */
  List<Parameter> parameters() {
    return List.of(down, downBias, up, upBias);
  }

  /**
   * The soft tokens as the model reads them.
   *
   * @param x {@code [P, E]}
   */
  Tensor apply(Tensor x) {
    return Scope.keep(
        () -> {
          Tensor middle = torch.relu(engine.linear(x, down.tensor(), downBias.tensor()));
          return engine.linear(middle, up.tensor(), upBias.tensor()).add(x);
        });
  }

  void release() {
    parameters().forEach(Parameter::release);
  }
}
