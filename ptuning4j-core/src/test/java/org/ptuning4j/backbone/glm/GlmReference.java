package org.ptuning4j.backbone.glm;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.checkpoint.Checkpoints;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * GLM's forward pass in plain Java and double precision, column by column, written after the
 * published model code and from none of our parts. It is told which columns see which, so that
 * masks are the tests' own.
 *
 * @param layers L
 * @param heads A
 * @param epsilon of the norms
 * @param exactGelu whether GELU is exact; else it is the approximation by tanh
 * @param attentionScale by which scores are divided, and multiplied once their largest is
 *     subtracted; 1 for not at all
 * @param weights by the names of the original checkpoints, row-major
 */
record GlmReference(
    int layers,
    int heads,
    double epsilon,
    boolean exactGelu,
    double attentionScale,
    Map<String, double[]> weights) {

  private static final double FAR = -65504;

  /** Keys and values before the text: {@code [L][A][P][d]} each. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Prefix(double[][][][] keys, double[][][][] values) {

    int length() {
      return keys[0][0].length;
    }
  }

  /** The weights of a checkpoint, whatever stands before the names. */
  static GlmReference of(Path file, int layers, int heads) {
    Map<String, double[]> weights = new HashMap<>();
    try (TensorSource source = Checkpoints.open(file)) {
      for (String name : source.names()) {
        Scope.run(() -> weights.put(name.replaceFirst("^glm\\.", ""), doubles(source.read(name))));
      }
    }
    return new GlmReference(layers, heads, 1e-5, false, 1, weights);
  }

  private static double[] doubles(Tensor tensor) {
    float[] floats = Tensors.floats(tensor);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  GlmReference withExactGelu() {
    return new GlmReference(layers, heads, epsilon, true, attentionScale, weights);
  }

  GlmReference withAttentionScale(double scale) {
    return new GlmReference(layers, heads, epsilon, exactGelu, scale, weights);
  }

  /** H. */
  int hidden() {
    return weights.get("transformer.final_layernorm.bias").length;
  }

  /** The word embedding of a token. */
  double[] word(int id) {
    return row("word_embeddings.weight", id);
  }

  private double[] row(String table, int row) {
    double[] values = new double[hidden()];
    System.arraycopy(weights.get(table), row * values.length, values, 0, values.length);
    return values;
  }

  /**
   * The states after the last norm.
   *
   * @param words the word embeddings, or soft tokens, {@code [n][H]}
   * @param positions those in the text, {@code [n]}
   * @param within those within blanks, {@code [n]}
   * @param sees for each column those that it attends to, {@code [n][n]}
   * @param prefix keys and values before the text; null for none
   */
  double[][] states(
      double[][] words, int[] positions, int[] within, boolean[][] sees, Prefix prefix) {
    int n = words.length;
    double[][] x = new double[n][];
    for (int i = 0; i < n; i++) {
      x[i] =
          sum(
              sum(words[i], row("transformer.position_embeddings.weight", positions[i])),
              row("transformer.block_position_embeddings.weight", within[i]));
    }
    for (int layer = 0; layer < layers; layer++) {
      String at = "transformer.layers." + layer + ".";
      double[][] attended = attention(layer, normed(x, at + "input_layernorm"), sees, prefix);
      for (int i = 0; i < n; i++) {
        x[i] = sum(x[i], attended[i]);
      }
      double[][] between = normed(x, at + "post_attention_layernorm");
      for (int i = 0; i < n; i++) {
        double[] wide = linear(between[i], at + "mlp.dense_h_to_4h");
        for (int j = 0; j < wide.length; j++) {
          wide[j] = gelu(wide[j]);
        }
        x[i] = sum(x[i], linear(wide, at + "mlp.dense_4h_to_h"));
      }
    }
    return normed(x, "transformer.final_layernorm");
  }

  private double[][] attention(int layer, double[][] x, boolean[][] sees, Prefix prefix) {
    String at = "transformer.layers." + layer + ".attention.";
    int n = x.length;
    int hidden = hidden();
    int size = hidden / heads;
    int before = prefix == null ? 0 : prefix.length();
    double[][] mixed = new double[n][];
    for (int i = 0; i < n; i++) {
      mixed[i] = linear(x[i], at + "query_key_value");
    }
    double[][] given = new double[n][];
    for (int i = 0; i < n; i++) {
      double[] context = new double[hidden];
      for (int head = 0; head < heads; head++) {
        double[] scores = new double[before + n];
        for (int p = 0; p < before; p++) {
          scores[p] = product(mixed[i], head * size, prefix.keys()[layer][head][p], 0, size);
        }
        for (int j = 0; j < n; j++) {
          scores[before + j] = product(mixed[i], head * size, mixed[j], hidden + head * size, size);
        }
        double[] shares = shares(scores, before, sees[i], size);
        for (int k = 0; k < size; k++) {
          for (int p = 0; p < before; p++) {
            context[head * size + k] += shares[p] * prefix.values()[layer][head][p][k];
          }
          for (int j = 0; j < n; j++) {
            context[head * size + k] += shares[before + j] * mixed[j][2 * hidden + head * size + k];
          }
        }
      }
      given[i] = linear(context, at + "dense");
    }
    return given;
  }

  /** Scores multiplied by a mask of 1 and 0, from which much is subtracted where it is 0. */
  private double[] shares(double[] products, int before, boolean[] sees, int size) {
    double[] scores = new double[products.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < scores.length; j++) {
      boolean seen = j < before || sees[j - before];
      scores[j] = seen ? products[j] / Math.sqrt(size) / attentionScale : 0;
      largest = Math.max(largest, scores[j]);
    }
    double total = 0;
    double[] shares = new double[scores.length];
    double[] last = scores.clone();
    double top = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < last.length; j++) {
      boolean seen = j < before || sees[j - before];
      last[j] = attentionScale > 1 ? (last[j] - largest) * attentionScale : last[j];
      last[j] += seen ? 0 : FAR;
      top = Math.max(top, last[j]);
    }
    for (int j = 0; j < last.length; j++) {
      shares[j] = Math.exp(last[j] - top);
      total += shares[j];
    }
    for (int j = 0; j < last.length; j++) {
      shares[j] /= total;
    }
    return shares;
  }

  private static double product(double[] a, int from, double[] b, int other, int size) {
    double sum = 0;
    for (int k = 0; k < size; k++) {
      sum += a[from + k] * b[other + k];
    }
    return sum;
  }

  /** The scores of all words: h Eᵀ. */
  double[] logits(double[] state) {
    double[] words = weights.get("word_embeddings.weight");
    double[] logits = new double[words.length / state.length];
    for (int word = 0; word < logits.length; word++) {
      logits[word] = product(state, 0, words, word * state.length, state.length);
    }
    return logits;
  }

  private double[] linear(double[] x, String name) {
    double[] matrix = weights.get(name + ".weight");
    double[] y = weights.get(name + ".bias").clone();
    for (int out = 0; out < y.length; out++) {
      y[out] += product(x, 0, matrix, out * x.length, x.length);
    }
    return y;
  }

  private double[][] normed(double[][] x, String name) {
    double[] scale = weights.get(name + ".weight");
    double[] bias = weights.get(name + ".bias");
    double[][] normed = new double[x.length][scale.length];
    for (int i = 0; i < x.length; i++) {
      double mean = 0;
      for (double value : x[i]) {
        mean += value / scale.length;
      }
      double variance = 0;
      for (double value : x[i]) {
        variance += (value - mean) * (value - mean) / scale.length;
      }
      for (int j = 0; j < scale.length; j++) {
        normed[i][j] = (x[i][j] - mean) / Math.sqrt(variance + epsilon) * scale[j] + bias[j];
      }
    }
    return normed;
  }

  private double gelu(double x) {
    return exactGelu
        ? x * normalShare(x)
        : 0.5 * x * (1 + Math.tanh(0.7978845608028654 * x * (1 + 0.044715 * x * x)));
  }

  /** Φ(x), by the series x + x³/3 + x⁵/15 + … times the density. */
  private static double normalShare(double x) {
    double term = x;
    double sum = x;
    for (int i = 1; i < 400 && Math.abs(term) > 1e-17 * Math.abs(sum); i++) {
      term *= x * x / (2 * i + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }
}
