package org.ptuning4j.backbone.weight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.CheckpointWeights;
import org.ptuning4j.tensor.Dtype;
import org.ptuning4j.tensor.Parameter;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.file.TensorMemory;

/** The weights of one backbone, loaded from a checkpoint one by one, and owned by this object. */
public final class LoadedWeights implements Weights, AutoCloseable {

  private final CheckpointWeights source;
  private final Engine engine;
  private final boolean trainable;
  private final Map<String, BackboneWeight> others; // what another owns and these share
  private final Map<String, BackboneWeight> all = new LinkedHashMap<>();

  /**
   * Nothing is read yet.
   *
   * @param source the checkpoint, after {@link CheckpointWeights#verify}; open as long as weights
   *     are asked for
   * @param trainable whether the weights are to be trained
   */
  public LoadedWeights(CheckpointWeights source, Engine engine, boolean trainable) {
    this(source, engine, trainable, Map.of());
  }

  private LoadedWeights(
      CheckpointWeights source,
      Engine engine,
      boolean trainable,
      Map<String, BackboneWeight> others) {
    this.source = source;
    this.engine = engine;
    this.trainable = trainable;
    this.others = others;
  }

  /**
   * Weights of the same checkpoint beside these, as those of a language-model head. What is asked
   * for under a name that these have is the same weight, and stays owned, trained and saved here.
   */
  public LoadedWeights beside() {
    return new LoadedWeights(source, engine, trainable, all);
  }

  /** A weight that is asked for again is the same: layers may share theirs. */
  @Override
  public BackboneWeight get(String name, WeightRole role, SavedLayout layout, Held held) {
    BackboneWeight known = all.getOrDefault(name, others.get(name));
    if (known != null) {
      known.share();
      return known;
    }
    BackboneWeight loaded = load(name, role, layout, held);
    all.put(name, loaded);
    return loaded;
  }

  private BackboneWeight load(String name, WeightRole role, SavedLayout layout, Held held) {
    Dtype computed = held == Held.FP32 ? Dtype.F32 : engine.precision().dtype();
    return Scope.run(
        () -> {
          // In the memory that it stays in: no part of it is anywhere a second time.
          Tensor whole = TensorMemory.allocate(held(computed), dimensions(layout));
          layout.views(whole).forEach(source::read);
          return held == Held.FOR_PRODUCTS && !trainable
              ? BackboneWeight.forProducts(name, role, layout, whole, computed, engine)
              : BackboneWeight.of(name, role, layout, whole, computed, engine, trainable);
        });
  }

  private static long[] dimensions(SavedLayout layout) {
    return layout.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** The type that a weight is held in. */
  private Dtype held(Dtype computed) {
    return trainable ? Dtype.F32 : computed;
  }

  @Override
  public boolean hasOptional(String beginning, String example) {
    return source.has(example);
  }

  /** All of them where they are trained; else none. */
  public List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    if (trainable) {
      all.values()
          .forEach(
              weight ->
                  parameters.add(
                      new Parameter(
                          Parameter.OF_BACKBONE + weight.name(),
                          weight.stored(),
                          weight.role().isDecayed())));
    }
    return parameters;
  }

  /** The number of values. */
  public long count() {
    return all.values().stream().mapToLong(BackboneWeight::count).sum();
  }

  /** The weights as checkpoints have them, detached; views of what this object owns. */
  public Map<String, Tensor> named() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    all.values().forEach(weight -> named.putAll(weight.saved()));
    return named;
  }

  @Override
  public void close() {
    all.values().forEach(BackboneWeight::close);
  }
}
