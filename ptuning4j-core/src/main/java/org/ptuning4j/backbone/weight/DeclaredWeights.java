package org.ptuning4j.backbone.weight;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Learns what tensors a backbone asks for; nothing is loaded. */
public final class DeclaredWeights implements Weights {

  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
  private final List<String> optional = new ArrayList<>();

  @Override
  public BackboneWeight get(String name, WeightRole role, SavedLayout layout, Held held) {
    shapes.putAll(layout.shapes());
    return BackboneWeight.declared(name, role, layout);
  }

  @Override
  public boolean hasOptional(String beginning, String example) {
    optional.add(beginning);
    return true;
  }

  /** The shapes of the checkpoint's tensors, by name. */
  public Map<String, List<Long>> shapes() {
    return shapes;
  }

  /** The beginnings of the names of tensors that some checkpoints lack. */
  public List<String> optional() {
    return optional;
  }
}
