package org.ptuning4j.prompt.module;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.InputVectors;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.SoftVectors;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PromptTuning;
import org.ptuning4j.prompt.method.SoftPrompts;
import org.ptuning4j.prompt.method.UnusedTokens;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The trainable module of the methods that train vectors at the input as they are: {@link
 * PromptTuning}, {@link SoftPrompts}, {@link UnusedTokens}. Its parameters are the vectors {@code
 * [P, E]} and perhaps the offsets {@code [L−1, P, H]}, and those of a network where they are
 * reparameterised.
 */
public final class SoftTokens implements PromptModule {

  private final String method;
  private final BackboneSpec spec;
  private final Engine engine;
  private final Parameter vectors;
  private final Optional<Parameter> offsets;
  private final Optional<ResidualNetwork> residual;
  private final double noise; // the most that is added to an entry

  private SoftTokens(
      String method,
      BackboneSpec spec,
      Engine engine,
      Parameter vectors,
      Optional<Parameter> offsets,
      Optional<ResidualNetwork> residual,
      double noise) {
    this.method = method;
    this.spec = spec;
    this.engine = engine;
    this.vectors = vectors;
    this.offsets = offsets;
    this.residual = residual;
    this.noise = noise;
  }

  /**
   * A module that starts from given vectors, and with offsets of zero where it has them.
   *
   * @param method the method's name, for messages
   * @param start {@code [P, E]}
   */
  public static SoftTokens of(
      String method, Tensor start, SoftTokenTraining training, PromptContext context) {
    BackboneSpec spec = context.spec();
    Engine engine = context.engine();
    Optional<Parameter> offsets =
        training.deep() ? Optional.of(zeros(start.size(0), spec, engine)) : Optional.empty();
    Parameter vectors = Parameter.of(InputPrompt.VECTORS, start, engine);
    return new SoftTokens(
        method,
        spec,
        engine,
        vectors,
        offsets,
        training.residual().map(width -> ResidualNetwork.initialised(width, context)),
        training.noise() / Math.sqrt((double) start.numel()));
  }

  /** The number of values of a residual reparameterisation's network. */
  public static long networkCount(int width, BackboneSpec spec) {
    return ResidualNetwork.parameterCount(width, spec.embeddingWidth());
  }

  private static Parameter zeros(long length, BackboneSpec spec, Engine engine) {
    return Parameter.of(
        InputPrompt.OFFSETS, torch.zeros(spec.readingLayers() - 1L, length, spec.hidden()), engine);
  }

  @Override
  public List<Parameter> parameters() {
    List<Parameter> ofNetwork = residual.map(ResidualNetwork::parameters).orElse(List.of());
    return Stream.of(Stream.of(vectors), offsets.stream(), ofNetwork.stream())
        .flatMap(part -> part)
        .toList();
  }

  @Override
  public Injection inject(TokenBatch batch, Dropout dropout) {
    Injection injection =
        new SoftVectors(trained(), offsets.map(Parameter::tensor)).inject(batch, engine);
    InputVectors placed = injection.inputs().orElseThrow();
    return new Injection(
        injection.prefixes(),
        injection.positionShift(),
        Optional.of(new InputVectors(placed.index(), dropout.noisy(placed.vectors(), noise))),
        injection.offsets());
  }

  /** {@code [P, E]}, with their graph. */
  private Tensor trained() {
    return residual.map(network -> network.apply(vectors.tensor())).orElseGet(vectors::tensor);
  }

  @Override
  public Optional<TrainedPrompt> flatten() {
    return Optional.of(
        Scope.run(() -> InputPrompt.of(trained(), offsets.map(Parameter::tensor), spec, engine)));
  }

  @Override
  public void startFrom(TrainedPrompt earlier) {
    InputPrompt prompt = inputPrompt(method, earlier, spec);
    if (prompt.offsets().isPresent() && offsets.isEmpty()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt has offsets in its layers, which %s would lose;"
              + " soft-prompts with deep: true can start from it",
          method);
    }
    copyFirst(prompt.vectors(), vectors, 0);
    offsets.ifPresent(own -> prompt.offsets().ifPresent(found -> copyFirst(found, own, 1)));
  }

  /**
   * The earlier prompt, as one of vectors at the input of such a backbone.
   *
   * @throws InvalidInputException if it is not one
   */
  static InputPrompt inputPrompt(String method, TrainedPrompt earlier, BackboneSpec spec) {
    InputPrompt prompt = InputPrompt.FORM.requireStart(method, earlier);
    if (prompt.vectors().size(1) != spec.embeddingWidth()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt has vectors of width %d; this backbone's are of width %d",
          prompt.vectors().size(1), spec.embeddingWidth());
    }
    return prompt;
  }

  /** Copies as many soft tokens as both have; they are counted along {@code dimension}. */
  static void copyFirst(Tensor from, Parameter to, long dimension) {
    long length = Math.min(from.size(dimension), to.tensor().size(dimension));
    Autograd.withoutGraph(
        () ->
            Scope.run(
                () -> {
                  Tensor target = to.tensor().detach().narrow(dimension, 0, length);
                  target.copy_(from.narrow(dimension, 0, length));
                }));
  }

  @Override
  public void close() {
    vectors.release();
    offsets.ifPresent(Parameter::release);
    residual.ifPresent(ResidualNetwork::release);
  }
}
