package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.LayerPrefix;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * A trained deep prompt: keys and values that its layers attend to before those of the text.
 *
 * <p>Its matrix is {@code [P, k·2·K·d]} over the k layers that carry it; {@code view(P, 2k, K, d)}
 * has rows K₀ V₀ K₁ V₁ …, so that for all layers it is to the letter the layout of P-Tuning v2 and
 * PEFT. Where it was trained with a gate it has {@code [P, k]} biases too, which are added to the
 * attention scores of its virtual tokens.
 */
public final class DeepPrompt implements TrainedPrompt {

  /** The form {@code deep}, of prompts that share the text's softmax. */
  public static final PromptForm<DeepPrompt> FORM = new DeepPromptForm(PrefixSoftmax.JOINT);

  /** The form {@code deep-separate}, of those with a softmax of their own. */
  public static final PromptForm<DeepPrompt> SEPARATE = new DeepPromptForm(PrefixSoftmax.SEPARATE);

  /** The name of the matrix in files, as PEFT has it. */
  public static final String MATRIX = "prompt_embeddings";

  /** The name of the biases in files. */
  public static final String BIASES = "prompt_score_biases";

  private final Tensor matrix; // [P, k·2·K·d], fp32; the backbone's type if it is only served
  private final Optional<Biases> biases;
  private final Tensor perLayer; // [2k, K, P, d], the backbone's type; where it can be, a view
  private final List<Integer> layers;
  private final PositionConvention positions;
  private final PrefixSoftmax softmax;

  private DeepPrompt(
      Tensor matrix,
      Optional<Biases> biases,
      Tensor perLayer,
      List<Integer> layers,
      PositionConvention positions,
      PrefixSoftmax softmax) {
    this.matrix = matrix;
    this.biases = biases;
    this.perLayer = perLayer;
    this.layers = layers;
    this.positions = positions;
    this.softmax = softmax;
  }

  /**
   * What is added to the scores of virtual tokens.
   *
   * @param trained {@code [P, k]}, fp32
   * @param placed the same in the backbone's type
   * @param values the same by layer and virtual token, in Java
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Biases(Tensor trained, Tensor placed, float[][] values) {

    static Biases of(Tensor found, Engine engine) {
      Tensor trained = copy(found, engine, Dtype.F32);
      Tensor placed = Scope.own(() -> engine.place(trained, engine.precision().dtype()).clone());
      float[][] values =
          Scope.run(
              () ->
                  IntStream.range(0, Math.toIntExact(trained.size(1)))
                      .mapToObj(layer -> Tensors.floats(trained.select(1, layer)))
                      .toArray(float[][]::new));
      return new Biases(trained, placed, values);
    }

    long bytes() {
      return Tensors.bytes(trained) + Tensors.bytes(placed);
    }

    void close() {
      Scope.release(trained);
      Scope.release(placed);
    }
  }

  /** Copies a matrix; it shares the text's softmax, and nothing is added to its scores. */
  public static DeepPrompt of(
      Tensor matrix,
      List<Integer> layers,
      PositionConvention positions,
      BackboneSpec spec,
      Engine engine) {
    return of(matrix, Optional.empty(), layers, positions, spec, engine);
  }

  /** Copies a matrix and biases; they share the text's softmax. */
  public static DeepPrompt of(
      Tensor matrix,
      Optional<Tensor> biases,
      List<Integer> layers,
      PositionConvention positions,
      BackboneSpec spec,
      Engine engine) {
    return of(matrix, biases, layers, positions, PrefixSoftmax.JOINT, spec, engine);
  }

  /**
   * Copies a matrix and biases.
   *
   * @param matrix {@code [P, k·2·K·d]}
   * @param biases {@code [P, k]}, or empty for none
   * @param layers the k layers, by index from 0, ascending
   * @throws InvalidInputException if they do not fit the backbone and the layers
   */
  public static DeepPrompt of(
      Tensor matrix,
      Optional<Tensor> biases,
      List<Integer> layers,
      PositionConvention positions,
      PrefixSoftmax softmax,
      BackboneSpec spec,
      Engine engine) {
    return of(matrix, biases, layers, positions, softmax, spec, engine, Dtype.F32);
  }

  /** The same for a prompt that is only served: its values in the backbone's type alone. */
  static DeepPrompt toServe(
      Tensor matrix,
      Optional<Tensor> biases,
      List<Integer> layers,
      PositionConvention positions,
      PrefixSoftmax softmax,
      BackboneSpec spec,
      Engine engine) {
    return of(matrix, biases, layers, positions, softmax, spec, engine, engine.precision().dtype());
  }

  private static DeepPrompt of(
      Tensor matrix,
      Optional<Tensor> biases,
      List<Integer> layers,
      PositionConvention positions,
      PrefixSoftmax softmax,
      BackboneSpec spec,
      Engine engine,
      Dtype kept) {
    long width = (long) spec.prefixWidth() * layers.size();
    if (matrix.dim() != 2 || matrix.size(1) != width) {
      throw InvalidInputException.of(
          "prompt_embeddings: %s does not fit a backbone with %d layers in use of width %d: [P, %d]"
              + " is expected",
          Arrays.toString(Tensors.shape(matrix)), layers.size(), spec.prefixWidth(), width);
    }
    long[] expected = {matrix.size(0), layers.size()};
    biases.ifPresent(found -> requireShape(found, expected));
    for (int layer : layers) {
      if (layer < 0 || layer >= spec.layers()) {
        throw InvalidInputException.of(
            "layers: %d lies outside the backbone's %d", layer + 1, spec.layers());
      }
    }
    Tensor placed = copy(matrix, engine, kept);
    Tensor split =
        Scope.own(() -> engine.place(perLayer(placed, spec), engine.precision().dtype()));
    return new DeepPrompt(
        placed,
        biases.map(found -> Biases.of(found, engine)),
        split,
        List.copyOf(layers),
        positions,
        softmax);
  }

  private static void requireShape(Tensor biases, long[] expected) {
    if (!Arrays.equals(Tensors.shape(biases), expected)) {
      throw InvalidInputException.of(
          "%s: %s does not fit the prompt: %s is expected, a bias for each virtual token and layer",
          BIASES, Arrays.toString(Tensors.shape(biases)), Arrays.toString(expected));
    }
  }

  private static Tensor copy(Tensor tensor, Engine engine, Dtype dtype) {
    return Scope.own(() -> engine.place(tensor.detach(), dtype).clone().contiguous());
  }

  /** {@code [P, k·2·K·d] → [2k, K, P, d]}. */
  public static Tensor perLayer(Tensor matrix, BackboneSpec spec) {
    return matrix
        .view(
            matrix.size(0),
            matrix.size(1) / ((long) spec.keyValueHeads() * spec.headSize()),
            spec.keyValueHeads(),
            spec.headSize())
        .permute(1, 2, 0, 3);
  }

  /**
   * The inverse of {@link #perLayer} for what a backbone gives of a text: {@code [P, L·2·K·d]} of
   * one row's keys and values in all layers.
   *
   * @param layers those of each layer, {@code [B, K, P, d]}
   */
  public static Tensor matrix(List<LayerPrefix> layers, int row) {
    Tensor[] parts =
        layers.stream()
            .flatMap(layer -> Stream.of(layer.key(), layer.value()))
            .map(part -> part.select(0, row).transpose(0, 1).flatten(1, 2)) // [P, K·d]
            .toArray(Tensor[]::new);
    return Tensors.cat(1, parts);
  }

  @Override
  public int length() {
    return Math.toIntExact(matrix.size(0));
  }

  /** The layers that carry it, by index from 0. */
  public List<Integer> layers() {
    return layers;
  }

  /** Where the text's positions begin. */
  public PositionConvention positions() {
    return positions;
  }

  /** Whether it is attended to with the text's softmax or one of its own. */
  public PrefixSoftmax softmax() {
    return softmax;
  }

  /** {@code [P, k·2·K·d]}; owned by this object. Its type is that of {@link #tensors}. */
  public Tensor matrix() {
    return matrix;
  }

  @Override
  public Map<Integer, Tensor> layerVectors() {
    long width = matrix.size(1) / layers.size();
    Map<Integer, Tensor> vectors = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      vectors.put(layers.get(i), matrix.narrow(1, i * width, width));
    }
    return vectors;
  }

  /** {@code [P, k]}, fp32, added to the scores of its virtual tokens; owned by this object. */
  public Optional<Tensor> biases() {
    return biases.map(Biases::trained);
  }

  /** The biases in the i-th of {@link #layers}, {@code [P]}, in the backbone's type. */
  Optional<Tensor> placedBiases(int i) {
    return biases.map(found -> found.placed().select(1, i));
  }

  /** The same in Java. */
  Optional<float[]> biasValues(int i) {
    return biases.map(found -> found.values()[i]);
  }

  /** The keys and values of all its layers, {@code [2k, K, P, d]}, the backbone's type. */
  Tensor perLayer() {
    return perLayer;
  }

  /**
   * The key ({@code part} 0) or value (1) of the i-th of {@link #layers}: {@code [K, P, d]}, the
   * backbone's type.
   */
  public Tensor part(int i, int part) {
    return perLayer.select(0, 2L * i + part);
  }

  @Override
  public int positionShift() {
    return positions.shift(length());
  }

  @Override
  public int untouchedLayers() {
    return Collections.min(layers);
  }

  @Override
  public PromptForm<DeepPrompt> form() {
    return form(softmax);
  }

  /** The form of prompts that are attended to in a way. */
  public static PromptForm<DeepPrompt> form(PrefixSoftmax softmax) {
    return softmax == PrefixSoftmax.SEPARATE ? SEPARATE : FORM;
  }

  @Override
  public Map<String, Object> description(boolean beforeText) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("form", form().name());
    description.put("length", length());
    description.put(DeepPromptForm.LAYERS, layers.stream().map(layer -> layer + 1).toList());
    description.put(DeepPromptForm.POSITIONS, positions.label());
    return description;
  }

  @Override
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(MATRIX, matrix);
    biases.ifPresent(found -> tensors.put(BIASES, found.trained()));
    return tensors;
  }

  @Override
  public long bytes() {
    boolean view = Tensors.dtype(matrix) == Tensors.dtype(perLayer);
    return Tensors.bytes(matrix)
        + (view ? 0 : Tensors.bytes(perLayer))
        + biases.map(Biases::bytes).orElse(0L);
  }

  @Override
  public void close() {
    Scope.release(matrix);
    biases.ifPresent(Biases::close);
    Scope.release(perLayer);
  }
}
