package org.ptuning4j.train;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamily;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.backbone.WeightReport;
import org.ptuning4j.backbone.bert.BertFamily;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.Tensors;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/** BERT's family, which remembers the backbone it loaded: whether a run has changed its weights. */
final class WatchedFamily implements BackboneFamily, TrainingListener {

  private final BackboneFamily bert = new BertFamily();
  private final Map<String, float[]> before = new TreeMap<>();
  private Backbone loaded;
  private Optional<Boolean> changed = Optional.empty();

  /** Whether any weight was another one at the end of the run; empty before that. */
  Optional<Boolean> changed() {
    return changed;
  }

  @Override
  public Set<String> modelTypes() {
    return bert.modelTypes();
  }

  @Override
  public Backbone load(ModelFolder folder, Engine engine, boolean trainable) {
    loaded = bert.load(folder, engine, trainable);
    Scope.run(
        () -> loaded.namedWeights().forEach((name, w) -> before.put(name, Tensors.floats(w))));
    return loaded;
  }

  @Override
  public BackboneSpec spec(ModelFolder folder) {
    return bert.spec(folder);
  }

  @Override
  public WeightReport inspect(ModelFolder folder) {
    return bert.inspect(folder);
  }

  /** Told while the backbone is still open. */
  @Override
  public void finished(TrainingResult result, java.nio.file.Path folder) {
    changed =
        Optional.of(
            Scope.run(
                () ->
                    loaded.namedWeights().entrySet().stream()
                        .anyMatch(
                            w ->
                                !java.util.Arrays.equals(
                                    before.get(w.getKey()), floats(w.getValue())))));
  }

  private static float[] floats(Tensor weight) {
    return Tensors.floats(weight.detach());
  }
}
