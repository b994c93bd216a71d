package org.ptuning4j.backbone.layer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.ptuning4j.backbone.ModelConfig;

/** The activation functions that {@code hidden_act} names. */
public enum Activation {
  /** x Φ(x), exact. */
  GELU,
  /** GELU's approximation by tanh (BERT's and GPT-2's original code). */
  GELU_NEW,
  /** The same function under another name. */
  GELU_PYTORCH_TANH,
  /** max(x, 0). */
  RELU,
  /** x σ(x). */
  SILU,
  /** The same function under another name. */
  SWISH,
  /** tanh. */
  TANH;

  /** {@code [...] → [...]}. */
  public Tensor apply(Tensor x) {
    return switch (this) {
      case GELU -> torch.gelu(x);
      case GELU_NEW, GELU_PYTORCH_TANH -> torch.gelu(x, "tanh");
      case RELU -> torch.relu(x);
      case SILU, SWISH -> torch.silu(x);
      case TANH -> torch.tanh(x);
    };
  }

  /**
   * The activation of a configuration's field.
   *
   * @throws org.ptuning4j.InvalidInputException if it is missing or unknown
   */
  public static Activation of(ModelConfig config, String field) {
    String name = config.text(field).orElse("(missing)");
    return named(name).orElseThrow(() -> config.unsupported(field, name, names()));
  }

  /** The activation of a name. */
  public static Optional<Activation> named(String name) {
    return Arrays.stream(values())
        .filter(activation -> activation.label().equals(name))
        .findFirst();
  }

  /** The names that are known, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Activation::label).collect(Collectors.joining(", "));
  }

  private String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
