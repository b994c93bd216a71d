package org.ptuning4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Random weights under a family's names. */
final class SyntheticWeights {

  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final String prefix;

  SyntheticWeights(String prefix) {
    this.prefix = prefix;
  }

  Map<String, Tensor> all() {
    return weights;
  }

  void table(String name, long rows, long width) {
    weights.put(prefix + name + ".weight", normal(rows, width));
  }

  void matrix(String name, long out, long in) {
    weights.put(prefix + name + ".weight", normal(out, in));
  }

  void linear(String name, long out, long in) {
    matrix(name, out, in);
    zeros(name + ".bias", out);
  }

  void zeros(String name, long size) {
    weights.put(prefix + name, torch.zeros(size));
  }

  void norm(String name, long width) {
    weights.put(prefix + name + ".weight", torch.ones(width));
    zeros(name + ".bias", width);
  }

  private static Tensor normal(long... shape) {
    return torch.randn(shape).mul_(new Scalar(0.02));
  }
}
