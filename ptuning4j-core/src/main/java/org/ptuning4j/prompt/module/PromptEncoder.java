package org.ptuning4j.prompt.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.Injection;
import org.ptuning4j.backbone.TokenBatch;
import org.ptuning4j.prompt.PromptContext;
import org.ptuning4j.prompt.PromptModule;
import org.ptuning4j.prompt.form.InputPrompt;
import org.ptuning4j.prompt.form.SoftVectors;
import org.ptuning4j.prompt.form.TrainedPrompt;
import org.ptuning4j.prompt.initialisation.SoftTokenInitialisation;
import org.ptuning4j.tensor.Dropout;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.RandomStream;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;

/**
 * The trainable module of P-tuning: {@code Embedding(P, E)}, and the encoder that makes the P
 * vectors of it. The LSTM reads the P embeddings as one sequence, from states of zero, in both
 * directions.
 */
public final class PromptEncoder implements PromptModule {

  /** The parameters' names, as v1's code and PEFT have them. */
  private static final String EMBEDDING = "embedding.weight";

  private static final String LSTM = "lstm_head.";
  private static final String MLP = "mlp_head.";

  private final String method;
  private final PromptEncoderSpec encoder;
  private final BackboneSpec spec;
  private final Engine engine;
  private final Map<String, Parameter> parameters;

  private PromptEncoder(
      String method,
      PromptEncoderSpec encoder,
      BackboneSpec spec,
      Engine engine,
      Map<String, Parameter> parameters) {
    this.method = method;
    this.encoder = encoder;
    this.spec = spec;
    this.engine = engine;
    this.parameters = parameters;
  }

  /**
   * A module with values drawn from the context's stream as PyTorch draws them, on which v1's code
   * and PEFT rely: N(0, 1) for the embedding, uniform within 1/√(inputs) for linear layers and
   * within 1/√(width) for LSTMs.
   *
   * @param method the method's name, for messages
   * @param length P
   */
  public static PromptEncoder initialised(
      String method, int length, PromptEncoderSpec encoder, PromptContext context) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    BackboneSpec spec = context.spec();
    Map<String, long[]> shapes = shapes(length, encoder, spec);
    shapes.forEach(
        (name, shape) ->
            Scope.run(
                () -> {
                  Tensor start = start(name, shape, shapes, encoder.width(spec), context.random());
                  parameters.put(name, Parameter.of(name, start, context.engine()));
                }));
    return new PromptEncoder(method, encoder, spec, context.engine(), parameters);
  }

  private static Tensor start(
      String name, long[] shape, Map<String, long[]> shapes, int width, RandomStream random) {
    if (name.equals(EMBEDDING)) {
      return random.gaussian(1, shape);
    }
    long inputs = name.startsWith(LSTM) ? width : shapes.get(name.replace(".bias", ".weight"))[1];
    return SoftTokenInitialisation.uniform(random, 1 / Math.sqrt((double) inputs), shape);
  }

  /**
   * A module with given values.
   *
   * @param method the method's name, for messages
   * @param length P
   * @param values one tensor for each name: {@code embedding.weight} {@code [P, E]}; for the LSTMs
   *     {@code lstm_head.{weight,bias}_{ih,hh}_l{0,1,…}[_reverse]} with gates in the order i, f, g,
   *     o; and {@code mlp_head.{0,2,4}.{weight,bias}} as far as the encoder has them
   * @throws InvalidInputException if a tensor is missing, of another shape, or none of these
   */
  public static PromptEncoder of(
      String method,
      int length,
      PromptEncoderSpec encoder,
      BackboneSpec spec,
      Engine engine,
      Map<String, Tensor> values) {
    Map<String, long[]> shapes = shapes(length, encoder, spec);
    return new PromptEncoder(
        method, encoder, spec, engine, Parameter.restored(shapes, values, engine));
  }

  private static Map<String, long[]> shapes(
      int length, PromptEncoderSpec encoder, BackboneSpec spec) {
    long e = spec.embeddingWidth();
    long w = encoder.width(spec);
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, new long[] {length, e});
    switch (encoder.kind()) {
      case LSTM, PEFT_LSTM -> {
        lstm(shapes, e, w, encoder.layers());
        mlp(shapes, 2 * w, 2 * w, e);
      }
      case MLP -> mlp(shapes, e, e, e);
      case PEFT_MLP -> mlp(shapes, e, w, w, e);
      case NONE -> {
        // The embedding is all there is.
      }
    }
    return shapes;
  }

  /** In the order in which libtorch takes them: layer by layer, forward before backward. */
  private static void lstm(Map<String, long[]> shapes, long e, long w, int layers) {
    for (int layer = 0; layer < layers; layer++) {
      long inputs = layer == 0 ? e : 2 * w;
      for (String end : List.of("_l" + layer, "_l" + layer + "_reverse")) {
        shapes.put(LSTM + "weight_ih" + end, new long[] {4 * w, inputs});
        shapes.put(LSTM + "weight_hh" + end, new long[] {4 * w, w});
        shapes.put(LSTM + "bias_ih" + end, new long[] {4 * w});
        shapes.put(LSTM + "bias_hh" + end, new long[] {4 * w});
      }
    }
  }

  /** Linear layers between the given widths; the numbers between theirs are those of the ReLUs. */
  private static void mlp(Map<String, long[]> shapes, long... widths) {
    for (int i = 0; i + 1 < widths.length; i++) {
      shapes.put(MLP + 2 * i + ".weight", new long[] {widths[i + 1], widths[i]});
      shapes.put(MLP + 2 * i + ".bias", new long[] {widths[i + 1]});
    }
  }

  @Override
  public List<Parameter> parameters() {
    return new ArrayList<>(parameters.values());
  }

  /** The prompt's vectors, {@code [P, E]}, fp32, with their graph. */
  private Tensor vectors(Dropout dropout) {
    Tensor embedding = tensor(EMBEDDING);
    return switch (encoder.kind()) {
      case LSTM, PEFT_LSTM -> mlp(lstm(embedding, dropout));
      case MLP, PEFT_MLP -> mlp(embedding);
      case NONE -> embedding;
    };
  }

  /**
   * {@code [P, E] → [P, 2w]}, layer by layer: dropout between them is drawn from our own stream, so
   * that a run can be resumed to the bit.
   */
  private Tensor lstm(Tensor embedding, Dropout dropout) {
    Tensor x = embedding.unsqueeze(0); // [1, P, E]
    for (int layer = 0; layer < encoder.layers(); layer++) {
      x = lstmLayer(layer == 0 ? x : dropout.apply(x, encoder.dropout()), layer); // [1, P, 2w]
    }
    return x.squeeze(0);
  }

  private Tensor lstmLayer(Tensor input, int layer) {
    Tensor[] weights =
        Stream.of("_l" + layer, "_l" + layer + "_reverse")
            .flatMap(
                end -> Stream.of("weight_ih", "weight_hh", "bias_ih", "bias_hh").map(p -> p + end))
            .map(name -> tensor(LSTM + name))
            .toArray(Tensor[]::new);
    long[] states = {2, 1, encoder.width(spec)}; // [directions, 1, w]
    Tensor state = engine.place(torch.zeros(states), Dtype.F32);
    return torch
        .lstm(
            input,
            new TensorVector(state, state),
            new TensorVector(weights),
            true, // has biases
            1, // layer
            0.0, // dropout
            true, // keeps what the backward pass needs
            true, // both directions
            true) // batch first
        .get0();
  }

  private Tensor mlp(Tensor input) {
    Tensor x = input;
    for (int i = 0; parameters.containsKey(MLP + i + ".weight"); i += 2) {
      x = engine.linear(i == 0 ? x : torch.relu(x), tensor(MLP + i + ".weight"), tensor(bias(i)));
    }
    return x;
  }

  private static String bias(int number) {
    return MLP + number + ".bias";
  }

  private Tensor tensor(String name) {
    return parameters.get(name).tensor();
  }

  @Override
  public Injection inject(TokenBatch batch, Dropout dropout) {
    return new SoftVectors(vectors(dropout), Optional.empty()).inject(batch, engine);
  }

  @Override
  public Optional<TrainedPrompt> flatten() {
    return Optional.of(
        Scope.run(
            () -> InputPrompt.of(vectors(Dropout.off()).detach(), Optional.empty(), spec, engine)));
  }

  /**
   * Takes over the vectors of an earlier prompt, without an encoder only.
   *
   * @throws InvalidInputException if there is an encoder, which has no inverse, or if the earlier
   *     prompt is not one of vectors at the input of such a backbone
   */
  @Override
  public void startFrom(TrainedPrompt earlier) {
    if (encoder.kind() != PromptEncoderKind.NONE) {
      throw InvalidInputException.of(
          "start-from: %s produces its vectors with encoder %s, and what produces given vectors"
              + " cannot be computed from them; encoder none can start from an earlier prompt",
          method, encoder.kind().label());
    }
    InputPrompt prompt = SoftTokens.inputPrompt(method, earlier, spec);
    if (prompt.offsets().isPresent()) {
      throw InvalidInputException.of(
          "start-from: the earlier prompt has offsets in its layers, which %s would lose;"
              + " soft-prompts with deep: true can start from it",
          method);
    }
    SoftTokens.copyFirst(prompt.vectors(), parameters.get(EMBEDDING), 0);
  }

  @Override
  public void close() {
    parameters.values().forEach(Parameter::release);
  }
}
