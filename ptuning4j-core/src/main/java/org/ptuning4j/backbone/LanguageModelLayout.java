package org.ptuning4j.backbone;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors of a checkpoint's language-model head. They stand beside the backbone, under names of
 * their own, and a checkpoint has all of them or none.
 *
 * @param shapes each tensor's dimensions by its full name
 * @param otherNames other names under which checkpoints have some of them
 * @param optional names of {@code shapes} that a complete head may lack, as tied weights are not
 *     always saved
 */
public record LanguageModelLayout(
    Map<String, List<Long>> shapes, Map<String, String> otherNames, Set<String> optional) {

  /** Copies the collections. */
  public LanguageModelLayout {
    shapes = Map.copyOf(shapes);
    otherNames = Map.copyOf(otherNames);
    optional = Set.copyOf(optional);
  }
}
