package org.ptuning4j.backbone;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much of what each layer and head gives comes from a prefix, on average over the passes that
 * it measures: the part of the attention that is on its columns; where it has a softmax of its own,
 * the length of what is added over the sum of both lengths. Rows of such a pass have no padding.
 */
public final class PrefixMass {

  private final Map<Integer, List<double[]>> byLayer = new TreeMap<>();
  private int layer;

  /** A pass begins: what comes next is the lowest layer's. */
  public void begin() {
    layer = 0;
  }

  /**
   * Notes the next layer's.
   *
   * @param heads for each head the mean over the columns that were read, 0 to 1; none where the
   *     layer has no prefix
   */
  public void next(double... heads) {
    layer++;
    if (heads.length > 0) {
      byLayer.computeIfAbsent(layer, each -> new ArrayList<>()).add(heads.clone());
    }
  }

  /** The means of all passes, by the layer from 1; layers without a prefix are not among them. */
  public Map<Integer, double[]> means() {
    Map<Integer, double[]> means = new TreeMap<>();
    byLayer.forEach(
        (layer, all) -> {
          double[] mean = new double[all.get(0).length];
          for (double[] each : all) {
            for (int head = 0; head < mean.length; head++) {
              mean[head] += each[head] / all.size();
            }
          }
          means.put(layer, mean);
        });
    return means;
  }
}
