package org.ptuning4j.backbone.weight;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Scope;

/**
 * A trained weight in the type that a backbone computes in. It is cast once after each change of
 * the weight, whatever the number of passes in between. Passes of several threads share the cast:
 * its node in the graph keeps nothing, so that each backward pass may go through it.
 */
final class CastWeight implements AutoCloseable {

  private final Tensor weight;
  private final Dtype computed;
  private Tensor value; // null before the first use
  private long version;
  private boolean inGraph;

  CastWeight(Tensor weight, Dtype computed) {
    this.weight = weight;
    this.computed = computed;
  }

  /** The cast of the weight as it is now, owned by this object. */
  synchronized Tensor value() {
    boolean graph = GradMode.is_enabled();
    // What was cast without a graph, as in an evaluation, gives no gradient.
    if (value == null || version != weight._version() || (graph && !inGraph)) {
      close();
      value = Scope.own(() -> weight.to(computed.scalarType()));
      version = weight._version();
      inGraph = graph;
    }
    return value;
  }

  @Override
  public synchronized void close() {
    Scope.release(value);
    value = null;
  }
}
