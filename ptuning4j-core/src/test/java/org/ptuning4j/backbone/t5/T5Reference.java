package org.ptuning4j.backbone.t5;

import java.util.Map;

/**
 * T5 as its paper and the published code define it, in plain loops over doubles and without any of
 * the library's parts: one source, one target, and keys and values of a prefix before the source in
 * the encoder, before the target, and before the source where the target looks at it.
 *
 * <p>A prefix before the target takes part in the distances, as a cache does in the published code;
 * one before a source has none.
 *
 * @param weights each tensor in row-major order, by its name
 * @param gated whether the feed-forward network is that of version 1.1
 * @param hidden H
 * @param heads A
 * @param size d
 * @param buckets the rows of the tables of distances
 * @param farthest the distance from which on all share a row
 */
record T5Reference(
    Map<String, double[]> weights,
    boolean gated,
    int hidden,
    int heads,
    int size,
    int buckets,
    int farthest) {

  /** A prefix of one attention: keys and values, {@code [A][P][d]}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Prefix(double[][][] keys, double[][][] values) {

    int length() {
      return keys[0].length;
    }
  }

  /** What is added to the score of a query and a key; minus infinity hides the key. */
  private interface Score {
    double of(int head, int query, int key, boolean ofPrefix);
  }

  /** The encoder's last states, {@code [s][H]}; a prefix for each layer. */
  double[][] read(int[] source, Prefix[] prefixes) {
    double[][] x = embedded(source);
    String table = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    for (int layer = 0; layer < prefixes.length; layer++) {
      String at = "encoder.block." + layer + ".layer.";
      double[][] normed = norms(x, at + "0.layer_norm");
      Score distance =
          (head, query, key, ofPrefix) ->
              ofPrefix ? 0 : at(table, bucket(key - query, true), head, heads);
      x = sums(x, attended(at + "0.SelfAttention.", normed, normed, prefixes[layer], distance));
      x = sums(x, forward(at + "1.", x));
    }
    return norms(x, "encoder.final_layer_norm");
  }

  /** The decoder's last states, {@code [t][H]}; two prefixes for each layer. */
  double[][] write(int[] target, double[][] source, Prefix[] before, Prefix[] beforeSource) {
    double[][] x = embedded(target);
    String table = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
    for (int layer = 0; layer < before.length; layer++) {
      String at = "decoder.block." + layer + ".layer.";
      int length = before[layer].length();
      double[][] normed = norms(x, at + "0.layer_norm");
      Score distance =
          (head, query, key, ofPrefix) -> {
            int place = ofPrefix ? key : length + key;
            int own = length + query;
            return place > own
                ? Double.NEGATIVE_INFINITY
                : at(table, bucket(place - own, false), head, heads);
          };
      x = sums(x, attended(at + "0.SelfAttention.", normed, normed, before[layer], distance));
      double[][] again = norms(x, at + "1.layer_norm");
      Score none = (head, query, key, ofPrefix) -> 0;
      x = sums(x, attended(at + "1.EncDecAttention.", again, source, beforeSource[layer], none));
      x = sums(x, forward(at + "2.", x));
    }
    return norms(x, "decoder.final_layer_norm");
  }

  /** Scores of all words, {@code [V]}. */
  double[] logits(double[] state) {
    String matrix = gated ? "lm_head.weight" : "shared.weight";
    double[] logits = linear(state, matrix);
    if (!gated) {
      for (int word = 0; word < logits.length; word++) {
        logits[word] /= Math.sqrt(hidden);
      }
    }
    return logits;
  }

  private double[][] embedded(int[] ids) {
    double[][] x = new double[ids.length][hidden];
    for (int i = 0; i < ids.length; i++) {
      for (int h = 0; h < hidden; h++) {
        x[i][h] = at("shared.weight", ids[i], h, hidden);
      }
    }
    return x;
  }

  private double[][] attended(
      String at, double[][] queries, double[][] read, Prefix prefix, Score added) {
    double[][] out = new double[queries.length][heads * size];
    int length = prefix.length();
    for (int i = 0; i < queries.length; i++) {
      double[] query = linear(queries[i], at + "q.weight");
      for (int head = 0; head < heads; head++) {
        double[] scores = new double[length + read.length];
        double[][] values = new double[scores.length][size];
        for (int j = 0; j < scores.length; j++) {
          boolean ofPrefix = j < length;
          double[] key = ofPrefix ? null : linear(read[j - length], at + "k.weight");
          double[] value = ofPrefix ? null : linear(read[j - length], at + "v.weight");
          for (int h = 0; h < size; h++) {
            double own = ofPrefix ? prefix.keys()[head][j][h] : key[head * size + h];
            scores[j] += query[head * size + h] * own;
            values[j][h] = ofPrefix ? prefix.values()[head][j][h] : value[head * size + h];
          }
          scores[j] += added.of(head, i, ofPrefix ? j : j - length, ofPrefix);
        }
        double[] shares = softmax(scores);
        for (int j = 0; j < scores.length; j++) {
          for (int h = 0; h < size; h++) {
            out[i][head * size + h] += shares[j] * values[j][h];
          }
        }
      }
    }
    double[][] projected = new double[out.length][];
    for (int i = 0; i < out.length; i++) {
      projected[i] = linear(out[i], at + "o.weight");
    }
    return projected;
  }

  private double[][] forward(String at, double[][] x) {
    double[][] normed = norms(x, at + "layer_norm");
    double[][] out = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      String name = at + "DenseReluDense.";
      double[] wide = linear(normed[i], name + (gated ? "wi_0.weight" : "wi.weight"));
      double[] gate = gated ? linear(normed[i], name + "wi_1.weight") : null;
      for (int k = 0; k < wide.length; k++) {
        wide[k] = gated ? gelu(wide[k]) * gate[k] : Math.max(wide[k], 0);
      }
      out[i] = linear(wide, name + "wo.weight");
    }
    return out;
  }

  /** A row of a table of distances, as the released code counts them: key less query. */
  private int bucket(int apart, boolean both) {
    int rows = both ? buckets / 2 : buckets;
    int first = both && apart > 0 ? rows : 0;
    int distance = both ? Math.abs(apart) : Math.max(-apart, 0);
    int exact = rows / 2;
    if (distance < exact) {
      return first + distance;
    }
    double steps =
        Math.log((double) distance / exact) / Math.log((double) farthest / exact) * (rows - exact);
    return first + Math.min(rows - 1, exact + (int) Math.floor(steps + 1e-9));
  }

  private double at(String table, int row, int column, int width) {
    return weights.get(table)[row * width + column];
  }

  private double[] linear(double[] x, String name) {
    double[] matrix = weights.get(name);
    double[] out = new double[matrix.length / x.length];
    for (int o = 0; o < out.length; o++) {
      for (int i = 0; i < x.length; i++) {
        out[o] += matrix[o * x.length + i] * x[i];
      }
    }
    return out;
  }

  /** Of the root of the mean square, without a bias. */
  private double[][] norms(double[][] x, String name) {
    double[] weight = weights.get(name + ".weight");
    double[][] out = new double[x.length][hidden];
    for (int i = 0; i < x.length; i++) {
      double square = 0;
      for (double value : x[i]) {
        square += value * value / hidden;
      }
      for (int h = 0; h < hidden; h++) {
        out[i][h] = weight[h] * x[i][h] / Math.sqrt(square + 1e-6);
      }
    }
    return out;
  }

  private static double[][] sums(double[][] one, double[][] other) {
    double[][] sums = new double[one.length][one[0].length];
    for (int i = 0; i < sums.length; i++) {
      for (int h = 0; h < sums[i].length; h++) {
        sums[i][h] = one[i][h] + other[i][h];
      }
    }
    return sums;
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

  /** The approximation by tanh. */
  private static double gelu(double x) {
    double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + Math.tanh(inner));
  }
}
