package org.ptuning4j.prompt.form;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;

/**
 * Soft tokens at the input: P vectors in place of word embeddings, and perhaps an offset for each
 * of them at the input of each further layer (Qin and Eisner's deep soft prompts).
 */
public final class InputPrompt implements TrainedPrompt {

  /** The form {@code input}. */
  public static final PromptForm<InputPrompt> FORM = new InputPromptForm();

  /** The name of the vectors in files, as PEFT has it. */
  public static final String VECTORS = "prompt_embeddings";

  /** The name of the offsets in files. */
  public static final String OFFSETS = "prompt_offsets";

  private final Tensor vectors; // [P, E], fp32
  private final Optional<Tensor> offsets; // [L−1, P, H], fp32

  private InputPrompt(Tensor vectors, Optional<Tensor> offsets) {
    this.vectors = vectors;
    this.offsets = offsets;
  }

  /**
   * Copies vectors and offsets.
   *
   * @param vectors {@code [P, E]}
   * @param offsets {@code [L−1, P, H]} for the layers after the first, or empty
   * @throws InvalidInputException if they do not fit the backbone
   */
  public static InputPrompt of(
      Tensor vectors, Optional<Tensor> offsets, BackboneSpec spec, Engine engine) {
    if (vectors.dim() != 2 || vectors.size(1) != spec.embeddingWidth()) {
      throw InvalidInputException.of(
          "%s: %s does not fit a backbone with word embeddings of width %d: [P, %d] is expected",
          VECTORS,
          Arrays.toString(Tensors.shape(vectors)),
          spec.embeddingWidth(),
          spec.embeddingWidth());
    }
    long[] expected = {spec.readingLayers() - 1L, vectors.size(0), spec.hidden()};
    offsets.ifPresent(
        found -> {
          if (!Arrays.equals(Tensors.shape(found), expected)) {
            throw InvalidInputException.of(
                "%s: %s does not fit the backbone and the prompt: %s is expected",
                OFFSETS, Arrays.toString(Tensors.shape(found)), Arrays.toString(expected));
          }
        });
    return new InputPrompt(copy(vectors, engine), offsets.map(found -> copy(found, engine)));
  }

  private static Tensor copy(Tensor tensor, Engine engine) {
    return Scope.own(() -> engine.place(tensor.detach(), Dtype.F32).clone().contiguous());
  }

  @Override
  public int length() {
    return Math.toIntExact(vectors.size(0));
  }

  @Override
  public int positionShift() {
    return 0;
  }

  /** {@code [P, E]}, fp32; owned by this object. */
  public Tensor vectors() {
    return vectors;
  }

  @Override
  public Optional<Tensor> inputVectors() {
    return Optional.of(vectors);
  }

  /** {@code [L−1, P, H]}, fp32, for the layers after the first; owned by this object. */
  public Optional<Tensor> offsets() {
    return offsets;
  }

  @Override
  public PromptForm<InputPrompt> form() {
    return FORM;
  }

  @Override
  public Map<String, Object> description(boolean beforeText) {
    return placed(beforeText ? InputPromptForm.BEFORE_TEXT : InputPromptForm.TEMPLATE);
  }

  /**
   * What a pack says of it where heads over whole sequences read the first soft token, in the place
   * of the text's own first token.
   */
  public Map<String, Object> descriptionReadAtPrompt() {
    return placed(InputPromptForm.IN_PLACE_OF_FIRST);
  }

  private Map<String, Object> placed(String placement) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("form", FORM.name());
    description.put("length", length());
    description.put(InputPromptForm.PLACEMENT, placement);
    return description;
  }

  @Override
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(VECTORS, vectors);
    offsets.ifPresent(found -> tensors.put(OFFSETS, found));
    return tensors;
  }

  @Override
  public void close() {
    Scope.release(vectors);
    offsets.ifPresent(Scope::release);
  }
}
