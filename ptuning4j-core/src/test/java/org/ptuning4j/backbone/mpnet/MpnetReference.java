package org.ptuning4j.backbone.mpnet;

import java.util.Map;

/**
 * MPNet as its paper and T5's define it, in plain loops over doubles and without any of the
 * library's parts: one text, L layers, perhaps with keys and values of a prefix before each
 * layer's.
 *
 * @param weights each tensor in row-major order, by its name without the prefix
 * @param layers L
 * @param hidden H
 * @param heads A
 * @param epsilon ε of every LayerNorm
 */
record MpnetReference(
    Map<String, double[]> weights, int layers, int hidden, int heads, double epsilon) {

  /**
   * The states after the last layer, {@code [n][H]}.
   *
   * @param ids the text; no token of it is padding
   * @param shift by how much positions are moved up
   * @param prefix key and value of each layer, {@code [2L][A][P][d]}; P may be 0
   */
  double[][] states(int[] ids, int shift, double[][][][] prefix) {
    double[][] x = new double[ids.length][];
    for (int i = 0; i < ids.length; i++) {
      x[i] = new double[hidden];
      for (int h = 0; h < hidden; h++) {
        x[i][h] =
            at("embeddings.word_embeddings.weight", ids[i], h, hidden)
                + at("embeddings.position_embeddings.weight", 2 + shift + i, h, hidden);
      }
      x[i] = norm(x[i], "embeddings.LayerNorm");
    }
    for (int layer = 0; layer < layers; layer++) {
      x = layer("encoder.layer." + layer + ".", x, prefix[2 * layer], prefix[2 * layer + 1]);
    }
    return x;
  }

  /** Scores of all words, {@code [V]}. */
  double[] logits(double[] state, int vocabulary) {
    double[] dense = linear(state, "lm_head.dense");
    for (int h = 0; h < hidden; h++) {
      dense[h] = gelu(dense[h]);
    }
    double[] normed = norm(dense, "lm_head.layer_norm");
    double[] logits = new double[vocabulary];
    for (int word = 0; word < vocabulary; word++) {
      logits[word] = weights.get("lm_head.bias")[word];
      for (int h = 0; h < hidden; h++) {
        logits[word] += at("embeddings.word_embeddings.weight", word, h, hidden) * normed[h];
      }
    }
    return logits;
  }

  private double[][] layer(String at, double[][] x, double[][][] keys, double[][][] values) {
    double[][] attended = attention(at + "attention.attn.", x, keys, values);
    double[][] out = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] states =
          norm(sum(linear(attended[i], at + "attention.attn.o"), x[i]), at + "attention.LayerNorm");
      double[] wide = linear(states, at + "intermediate.dense");
      for (int k = 0; k < wide.length; k++) {
        wide[k] = gelu(wide[k]);
      }
      out[i] = norm(sum(linear(wide, at + "output.dense"), states), at + "output.LayerNorm");
    }
    return out;
  }

  private double[][] attention(String at, double[][] x, double[][][] keys, double[][][] values) {
    int n = x.length;
    int size = hidden / heads;
    double[][] query = new double[n][];
    double[][] key = new double[n][];
    double[][] value = new double[n][];
    for (int i = 0; i < n; i++) {
      query[i] = linear(x[i], at + "q");
      key[i] = linear(x[i], at + "k");
      value[i] = linear(x[i], at + "v");
    }
    double[][] out = new double[n][hidden];
    for (int head = 0; head < heads; head++) {
      int first = head * size;
      int length = keys[head].length;
      for (int i = 0; i < n; i++) {
        double[] scores = new double[length + n];
        for (int j = 0; j < length + n; j++) {
          for (int h = 0; h < size; h++) {
            double k = j < length ? keys[head][j][h] : key[j - length][first + h];
            scores[j] += query[i][first + h] * k / Math.sqrt(size);
          }
          if (j >= length) {
            scores[j] += bias(head, i, j - length);
          }
        }
        double[] shares = softmax(scores);
        for (int j = 0; j < length + n; j++) {
          for (int h = 0; h < size; h++) {
            double v = j < length ? values[head][j][h] : value[j - length][first + h];
            out[i][first + h] += shares[j] * v;
          }
        }
      }
    }
    return out;
  }

  /** T5's 32 buckets for distances up to 128, the keys before the query first. */
  private double bias(int head, int query, int key) {
    int distance = Math.abs(query - key);
    int bucket = distance;
    if (distance >= 8) {
      bucket = 8 + (int) Math.floor(Math.log(distance / 8.0) / Math.log(16) * 8 + 1e-9);
    }
    bucket = Math.min(bucket, 15) + (key > query ? 16 : 0);
    return at("encoder.relative_attention_bias.weight", bucket, head, heads);
  }

  private double at(String table, int row, int column, int width) {
    return weights.get(table)[row * width + column];
  }

  private double[] linear(double[] x, String name) {
    double[] matrix = weights.get(name + ".weight");
    double[] out = weights.get(name + ".bias").clone();
    for (int o = 0; o < out.length; o++) {
      for (int i = 0; i < x.length; i++) {
        out[o] += matrix[o * x.length + i] * x[i];
      }
    }
    return out;
  }

  private double[] norm(double[] x, String name) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      out[i] =
          (x[i] - mean) / Math.sqrt(variance + epsilon) * weights.get(name + ".weight")[i]
              + weights.get(name + ".bias")[i];
    }
    return out;
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
    double total = 0;
    double[] shares = new double[scores.length];
    for (int j = 0; j < scores.length; j++) {
      shares[j] = Math.exp(scores[j] - most);
      total += shares[j];
    }
    for (int j = 0; j < scores.length; j++) {
      shares[j] /= total;
    }
    return shares;
  }

  /** x Φ(x), with Φ by its series around 0 (Marsaglia, 2004). */
  private static double gelu(double x) {
    if (Math.abs(x) > 8) {
      return Math.max(x, 0);
    }
    double term = x;
    double series = x;
    for (int i = 3; Math.abs(term) > 1e-18; i += 2) {
      term *= x * x / i;
      series += term;
    }
    return x * (0.5 + series * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI));
  }
}
