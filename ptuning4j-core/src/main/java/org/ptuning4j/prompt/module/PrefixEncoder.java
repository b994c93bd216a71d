package org.ptuning4j.prompt.module;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.DeepPrompt;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PrefixTuning;
import org.ptuning4j.tensor.Autograd;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The trainable module of {@link PTuningV2} and {@link PrefixTuning}. Its parameter is one matrix
 * [P, k·2·K·d] over the k layers that carry prompts, rows K₀ V₀ K₁ V₁ …; or, with projection,
 * Embedding(P, H) → Linear(H, M) → Tanh → Linear(M, k·2·K·d) that produces it.
 */
public final class PrefixEncoder implements PromptModule {

  /** The parameters' names, as P-Tuning v2's code has them. */
  private static final String EMBEDDING = "prefix_encoder.embedding.weight";

  /** The biases on the scores of virtual tokens, {@code [P, k]}. */
  private static final String BIASES = "prefix_encoder.score_biases";

  private static final String FIRST = "prefix_encoder.trans.0";
  private static final String SECOND = "prefix_encoder.trans.2";

  private final PrefixMethod method;
  private final BackboneSpec spec;
  private final Engine engine;
  private final List<Integer> layers;
  private final PrefixSoftmax softmax;
  private final Map<String, Parameter> parameters;

  private PrefixEncoder(
      PrefixMethod method, BackboneSpec spec, Engine engine, Map<String, Parameter> parameters) {
    this.method = method;
    this.spec = spec;
    this.engine = engine;
    this.layers = method.layers().indices(spec.layers());
    this.softmax = method.attention().softmaxFor(spec);
    this.parameters = parameters;
  }

  /** A module that starts as the method says. */
  public static PrefixEncoder initialised(PrefixMethod method, PromptContext context) {
    Engine engine = context.engine();
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    shapes(method, context.spec())
        .forEach(
            (name, shape) ->
                Scope.run(
                    () -> {
                      Tensor start = start(method, name, shape, context);
                      parameters.put(name, parameter(name, start, engine));
                    }));
    return new PrefixEncoder(method, context.spec(), engine, parameters);
  }

  /** Weight decay would pull a gate open. */
  private static Parameter parameter(String name, Tensor start, Engine engine) {
    Parameter parameter = Parameter.of(name, start, engine);
    return name.equals(BIASES) ? new Parameter(name, parameter.tensor(), false) : parameter;
  }

  private static Tensor start(
      PrefixMethod method, String name, long[] shape, PromptContext context) {
    if (name.equals(EMBEDDING) && method.projection().isEmpty()) {
      List<Integer> layers = method.layers().indices(context.spec().layers());
      PrefixSoftmax softmax = method.attention().softmaxFor(context.spec());
      return method.initialisation().matrix(method.length(), layers, softmax, context);
    }
    if (name.equals(BIASES)) {
      return torch.full(shape, new Scalar(method.attention().gate().orElseThrow()));
    }
    double deviation =
        name.equals(EMBEDDING)
            ? method.initialisation().deviation(method.name())
            : name.endsWith("bias") ? 0 : 0.02;
    return context.random().gaussian(deviation, shape);
  }

  /**
   * A module with given values.
   *
   * @param values one tensor for each name: {@code prefix_encoder.embedding.weight} {@code [P,
   *     k·2·K·d]}; with projection {@code [P, H]}, and {@code
   *     prefix_encoder.trans.{0,2}.{weight,bias}}; with a gate {@code prefix_encoder.score_biases}
   *     {@code [P, k]}
   * @throws InvalidInputException if a tensor is missing, of another shape, or none of these
   */
  public static PrefixEncoder of(
      PrefixMethod method, BackboneSpec spec, Engine engine, Map<String, Tensor> values) {
    Map<String, Parameter> restored = Parameter.restored(shapes(method, spec), values, engine);
    restored.computeIfPresent(
        BIASES, (name, biases) -> new Parameter(name, biases.tensor(), false));
    return new PrefixEncoder(method, spec, engine, restored);
  }

  private static Map<String, long[]> shapes(PrefixMethod method, BackboneSpec spec) {
    long width = (long) spec.prefixWidth() * method.layers().indices(spec.layers()).size();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    if (method.projection().isEmpty()) {
      shapes.put(EMBEDDING, new long[] {method.length(), width});
    } else {
      long middle = method.projection().get();
      shapes.put(EMBEDDING, new long[] {method.length(), spec.hidden()});
      shapes.put(FIRST + ".weight", new long[] {middle, spec.hidden()});
      shapes.put(FIRST + ".bias", new long[] {middle});
      shapes.put(SECOND + ".weight", new long[] {width, middle});
      shapes.put(SECOND + ".bias", new long[] {width});
    }
    if (method.attention().gate().isPresent()) {
      long carrying = method.layers().indices(spec.layers()).size();
      shapes.put(BIASES, new long[] {method.length(), carrying});
    }
    return shapes;
  }

  @Override
  public List<Parameter> parameters() {
    return new ArrayList<>(parameters.values());
  }

  /** The prompt, {@code [P, k·2·K·d]}, fp32, with its graph. */
  private Tensor matrix() {
    Tensor embedding = tensor(EMBEDDING);
    if (method.projection().isEmpty()) {
      return embedding;
    }
    Tensor middle =
        torch.tanh(engine.linear(embedding, tensor(FIRST + ".weight"), tensor(FIRST + ".bias")));
    return engine.linear(middle, tensor(SECOND + ".weight"), tensor(SECOND + ".bias"));
  }

  /** {@code [P, k]}, fp32, with their graph; empty where there are none. */
  private Optional<Tensor> biases() {
    return Optional.ofNullable(parameters.get(BIASES)).map(Parameter::tensor);
  }

  private Tensor tensor(String name) {
    return parameters.get(name).tensor();
  }

  @Override
  public Injection inject(TokenBatch batch, Dropout dropout) {
    int rows = batch.rows();
    if (method.length() == 0) {
      return Injection.none();
    }
    Tensor perLayer = DeepPrompt.perLayer(matrix(), spec); // [2k, K, P, d]
    Tensor cast = perLayer.to(engine.precision().dtype().scalarType());
    long[] shape = Tensors.shape(cast);
    Tensor perRow =
        cast.unsqueeze(1).expand(shape[0], rows, shape[1], shape[2], shape[3]); // [2k, B, K, P, d]
    List<Tensor> parts = Tensors.list(dropout.apply(perRow, method.dropout()).unbind(0));
    Optional<List<Tensor>> masks =
        method
            .attention()
            .masks(biases(), rows, method.length(), layers.size(), dropout, engine); // [B, P] each
    Map<Integer, LayerPrefix> prefixes = new HashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      int at = i;
      LayerPrefix prefix =
          new LayerPrefix(parts.get(2 * i), parts.get(2 * i + 1), masks.map(each -> each.get(at)));
      prefixes.put(layers.get(i), softmax == PrefixSoftmax.SEPARATE ? prefix.asSeparate() : prefix);
    }
    return Injection.deep(prefixes, shifts(rows));
  }

  @Override
  public int untouchedLayers() {
    return method.length() == 0 ? ALL : Collections.min(layers);
  }

  private Optional<int[]> shifts(int rows) {
    int[] shifts = new int[rows];
    Arrays.fill(shifts, method.positions().shift(method.length()));
    return Optional.of(shifts);
  }

  @Override
  public Optional<TrainedPrompt> flatten() {
    return Optional.of(
        Scope.run(
            () ->
                DeepPrompt.of(
                    matrix().detach(),
                    biases(),
                    layers,
                    method.positions(),
                    softmax,
                    spec,
                    engine)));
  }

  /**
   * Takes over an earlier prompt in the layers that both have. One without biases on its scores
   * comes with biases of 0, which change nothing.
   *
   * @throws InvalidInputException if the earlier prompt is not a deep one of such a backbone, has
   *     no layer in common with this one or the other position convention, or if this one is
   *     produced by a projection, which has no inverse
   */
  @Override
  public void startFrom(TrainedPrompt earlier) {
    if (method.projection().isPresent()) {
      throw InvalidInputException.of(
          "start-from: %s produces its prompt with a projection of width %d, and what produces a"
              + " given prompt cannot be computed from it; p-tuning-v2 without projection can start"
              + " from one",
          method.name(), method.projection().get());
    }
    if (earlier instanceof DeepPrompt deep && deep.softmax() != softmax) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt was trained with prefix-softmax %s, this run has"
              + " prefix-softmax %s: they must be the same",
          deep.softmax().label(), softmax.label());
    }
    DeepPrompt prompt = DeepPrompt.form(softmax).requireStart(method.name(), earlier);
    List<Integer> common = layers.stream().filter(prompt.layers()::contains).toList();
    checkStart(prompt, common);
    int length = Math.min(method.length(), prompt.length());
    Autograd.withoutGraph(
        () -> Scope.run(() -> common.forEach(layer -> copyLayer(prompt, layer, length))));
  }

  private void checkStart(DeepPrompt prompt, List<Integer> common) {
    long width = prompt.matrix().size(1) / prompt.layers().size();
    if (width != spec.prefixWidth()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt has keys and values of width %d in each layer; this"
              + " backbone's are of width %d",
          width, spec.prefixWidth());
    }
    if (common.isEmpty()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt is in layers %s, this one in layers %s: none in common",
          numbers(prompt.layers()), numbers(layers));
    }
    if (prompt.positions() != method.positions()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt was trained with positions %s, this run has positions %s:"
              + " they must be the same",
          prompt.positions().label(), method.positions().label());
    }
    if (prompt.biases().isPresent() && biases().isEmpty()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt has biases on its attention scores, which this run would"
              + " lose; set gate to keep them");
    }
  }

  private static List<Integer> numbers(List<Integer> indices) {
    return indices.stream().map(index -> index + 1).toList();
  }

  private void copyLayer(DeepPrompt prompt, int layer, int length) {
    long width = spec.prefixWidth();
    Tensor from = prompt.matrix().narrow(1, prompt.layers().indexOf(layer) * width, width);
    Tensor to = tensor(EMBEDDING).detach().narrow(1, layers.indexOf(layer) * width, width);
    to.narrow(0, 0, length).copy_(from.narrow(0, 0, length));
    biases()
        .ifPresent(
            own -> {
              Tensor given =
                  prompt
                      .biases()
                      .map(each -> each.select(1, prompt.layers().indexOf(layer)))
                      .orElseGet(() -> torch.zeros_like(own.detach().select(1, 0)));
              own.detach()
                  .select(1, layers.indexOf(layer))
                  .narrow(0, 0, length)
                  .copy_(given.narrow(0, 0, length));
            });
  }

  @Override
  public void close() {
    parameters.values().forEach(Parameter::release);
  }
}
