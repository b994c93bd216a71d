package org.ptuning4j.backbone.gemma;

import java.util.Map;
import java.util.Set;

/**
 * Gemma 3 as its published code defines it, in plain loops over doubles and without any of the
 * library's parts: one text, perhaps with keys and values of a prefix before each layer's.
 *
 * @param weights each tensor in row-major order, by its name without the prefix
 * @param global the layers that see all that precedes a token; the others see a window
 * @param layers L
 * @param hidden H
 * @param heads A
 * @param shared K
 * @param size d
 * @param window how many tokens a windowed layer sees, the token itself included
 * @param scalar what scores are divided by the root of
 * @param globalBase θ of global layers
 * @param globalFactor what their positions are divided by
 * @param localBase θ of windowed layers
 * @param epsilon ε of every norm
 */
record Gemma3Reference(
    Map<String, double[]> weights,
    Set<Integer> global,
    int layers,
    int hidden,
    int heads,
    int shared,
    int size,
    int window,
    double scalar,
    double globalBase,
    double globalFactor,
    double localBase,
    double epsilon) {

  /**
   * The states after the last norm, {@code [n][H]}.
   *
   * @param ids the text; no token of it is padding
   * @param shift by how much positions are moved up
   * @param prefix key and value of each layer, {@code [2L][K][P][d]}; P may be 0
   */
  double[][] states(int[] ids, int shift, double[][][][] prefix) {
    double[][] x = new double[ids.length][hidden];
    for (int i = 0; i < ids.length; i++) {
      for (int h = 0; h < hidden; h++) {
        x[i][h] = weights.get("embed_tokens.weight")[ids[i] * hidden + h] * Math.sqrt(hidden);
      }
    }
    for (int layer = 0; layer < layers; layer++) {
      x = layer(layer, x, shift, prefix[2 * layer], prefix[2 * layer + 1]);
    }
    for (int i = 0; i < x.length; i++) {
      x[i] = norm(x[i], "norm");
    }
    return x;
  }

  /** Scores of all words, {@code [V]}. */
  double[] logits(double[] state) {
    return product(state, weights.get("embed_tokens.weight"));
  }

  private double[][] layer(
      int index, double[][] x, int shift, double[][][] keys, double[][][] values) {
    String at = "layers." + index + ".";
    double[][] normed = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      normed[i] = norm(x[i], at + "input_layernorm");
    }
    double[][] attended = attention(index, normed, shift, keys, values);
    double[][] out = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] projected = linear(attended[i], at + "self_attn.o_proj");
      double[] states = sum(x[i], norm(projected, at + "post_attention_layernorm"));
      double[] input = norm(states, at + "pre_feedforward_layernorm");
      double[] gate = product(input, weights.get(at + "mlp.gate_proj.weight"));
      double[] up = product(input, weights.get(at + "mlp.up_proj.weight"));
      for (int k = 0; k < gate.length; k++) {
        up[k] *= gelu(gate[k]);
      }
      double[] down = product(up, weights.get(at + "mlp.down_proj.weight"));
      out[i] = sum(states, norm(down, at + "post_feedforward_layernorm"));
    }
    return out;
  }

  private double[][] attention(
      int index, double[][] x, int shift, double[][][] keys, double[][][] values) {
    String at = "layers." + index + ".self_attn.";
    int n = x.length;
    double[][][] query = new double[n][][];
    double[][][] key = new double[n][][];
    double[][] value = new double[n][];
    for (int i = 0; i < n; i++) {
      query[i] = turned(linear(x[i], at + "q_proj"), at + "q_norm", index, shift + i);
      key[i] = turned(linear(x[i], at + "k_proj"), at + "k_norm", index, shift + i);
      value[i] = linear(x[i], at + "v_proj");
    }
    double[][] out = new double[n][heads * size];
    for (int head = 0; head < heads; head++) {
      int from = head / (heads / shared);
      int length = keys[from].length;
      for (int i = 0; i < n; i++) {
        double[] scores = new double[length + n];
        for (int j = 0; j < length + n; j++) {
          double[] k = j < length ? keys[from][j] : key[j - length][from];
          boolean seen = j <= length + i && (global.contains(index) || length + i - j < window);
          scores[j] = seen ? dot(query[i][head], k) / Math.sqrt(scalar) : Double.NEGATIVE_INFINITY;
        }
        double[] shares = softmax(scores);
        for (int j = 0; j < length + n; j++) {
          for (int h = 0; h < size; h++) {
            double v = j < length ? values[from][j][h] : value[j - length][from * size + h];
            out[i][head * size + h] += shares[j] * v;
          }
        }
      }
    }
    return out;
  }

  /** Heads apart, normalised, and turned to a position: {@code [heads][d]}. */
  private double[][] turned(double[] flat, String norm, int layer, int position) {
    boolean far = global.contains(layer);
    double[][] turned = new double[flat.length / size][size];
    for (int head = 0; head < turned.length; head++) {
      double[] own = new double[size];
      System.arraycopy(flat, head * size, own, 0, size);
      own = norm(own, norm);
      for (int pair = 0; pair < size / 2; pair++) {
        double frequency = Math.pow(far ? globalBase : localBase, -2.0 * pair / size);
        double angle = position * frequency / (far ? globalFactor : 1);
        double one = own[pair];
        double two = own[pair + size / 2];
        turned[head][pair] = one * Math.cos(angle) - two * Math.sin(angle);
        turned[head][pair + size / 2] = two * Math.cos(angle) + one * Math.sin(angle);
      }
    }
    return turned;
  }

  private double[] linear(double[] x, String name) {
    double[] out = product(x, weights.get(name + ".weight"));
    double[] bias = weights.get(name + ".bias");
    return bias == null ? out : sum(out, bias);
  }

  /** W x, W in rows as long as x. */
  private static double[] product(double[] x, double[] matrix) {
    double[] out = new double[matrix.length / x.length];
    for (int row = 0; row < out.length; row++) {
      for (int i = 0; i < x.length; i++) {
        out[row] += matrix[row * x.length + i] * x[i];
      }
    }
    return out;
  }

  private double[] norm(double[] x, String name) {
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] = x[i] / Math.sqrt(dot(x, x) / x.length + epsilon);
      out[i] *= 1 + weights.get(name + ".weight")[i];
    }
    return out;
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  private static double[] sum(double[] one, double[] other) {
    double[] sum = one.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  private static double[] softmax(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      most = Math.max(most, score);
    }
    double[] shares = new double[scores.length];
    double total = 0;
    for (int j = 0; j < scores.length; j++) {
      shares[j] = Math.exp(scores[j] - most);
      total += shares[j];
    }
    for (int j = 0; j < scores.length; j++) {
      shares[j] /= total;
    }
    return shares;
  }

  /** The approximation by tanh. */
  private static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }
}
