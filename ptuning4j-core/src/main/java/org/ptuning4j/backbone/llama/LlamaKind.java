package org.ptuning4j.backbone.llama;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import org.ptuning4j.backbone.ModelConfig;
import org.ptuning4j.backbone.llama.LlamaConfig.Biases;

/** What Llama's kin differ in, and what each takes where a field is missing. */
enum LlamaKind {
  /** Llama 1 to 3.3, SmolLM2 and many others. */
  LLAMA {
    @Override
    Biases biases(ModelConfig config) {
      boolean attention = config.flagOr("attention_bias", false);
      return new Biases(attention, attention, config.flagOr("mlp_bias", false));
    }
  },
  /**
   * Mistral 7B and those after it: no biases, and all layers within a window where there is one.
   */
  MISTRAL {
    @Override
    Biases biases(ModelConfig config) {
      return new Biases(false, false, false);
    }

    @Override
    int shared(int heads) {
      return 8;
    }

    @Override
    int firstSlidingLayer(ModelConfig config, int layers) {
      return config.has("sliding_window") ? 0 : layers;
    }
  },
  /** Qwen 2 and 2.5: biases of queries, keys and values. */
  QWEN2 {
    @Override
    Biases biases(ModelConfig config) {
      return new Biases(true, false, false);
    }

    @Override
    int shared(int heads) {
      return 32;
    }

    @Override
    int firstSlidingLayer(ModelConfig config, int layers) {
      return slidingFrom(config, layers);
    }
  },
  /** Qwen 3: norms of queries and keys, and heads whose width is not that of the states. */
  QWEN3 {
    @Override
    Biases biases(ModelConfig config) {
      boolean attention = config.flagOr("attention_bias", false);
      return new Biases(attention, attention, false);
    }

    @Override
    int shared(int heads) {
      return 32;
    }

    @Override
    OptionalInt headSize() {
      return OptionalInt.of(128);
    }

    @Override
    int firstSlidingLayer(ModelConfig config, int layers) {
      return slidingFrom(config, layers);
    }
  };

  /** The layers of Qwen's that have no window, where the others have one. */
  private static final int WITHOUT_WINDOW = 28;

  static LlamaKind of(String modelType) {
    return Arrays.stream(values())
        .filter(kind -> kind.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(modelType));
  }

  /** As {@code config.json} has it. */
  String modelType() {
    return name().toLowerCase(Locale.ROOT);
  }

  abstract Biases biases(ModelConfig config);

  /** K where {@code num_key_value_heads} is missing. */
  int shared(int heads) {
    return heads;
  }

  /** d where {@code head_dim} is missing; empty for H / A. */
  OptionalInt headSize() {
    return OptionalInt.empty();
  }

  /** The first layer with a window, where {@code layer_types} is missing. */
  int firstSlidingLayer(ModelConfig config, int layers) {
    return layers;
  }

  private static int slidingFrom(ModelConfig config, int layers) {
    return config.flagOr("use_sliding_window", false) && config.has("sliding_window")
        ? config.sizeOr("max_window_layers", WITHOUT_WINDOW)
        : layers;
  }
}
