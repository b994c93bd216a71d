package org.ptuning4j.backbone;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that a configuration asks for.
 *
 * @param prefix what checkpoints with a head put before the backbone's names, such as {@code bert.}
 * @param shapes each tensor's dimensions by its name without the prefix, optional ones included
 * @param optional beginnings of the names of tensors that some checkpoints lack, such as {@code
 *     pooler.}
 * @param backbone beginnings of the backbone's names, by which they are known where the prefix is
 *     absent
 * @param buffers names of tensors that old checkpoints saved although they are no weights
 * @param beside beginnings of names that have no prefix where the others have it
 * @param copies names of buffers that hold what a tensor holds, to that tensor's name: they are
 *     read where its own is missing
 * @param languageModel the head over the vocabulary that the checkpoint may have
 */
public record WeightLayout(
    String prefix,
    Map<String, List<Long>> shapes,
    List<String> optional,
    List<String> backbone,
    Set<String> buffers,
    List<String> beside,
    Map<String, String> copies,
    LanguageModelLayout languageModel) {

  /** Copies the collections. */
  public WeightLayout {
    shapes = Map.copyOf(shapes);
    optional = List.copyOf(optional);
    backbone = List.copyOf(backbone);
    buffers = Set.copyOf(buffers);
    beside = List.copyOf(beside);
    copies = Collections.unmodifiableMap(new LinkedHashMap<>(copies));
  }

  boolean isOptional(String name) {
    return optional.stream().anyMatch(name::startsWith);
  }

  boolean isBackboneName(String name) {
    return backbone.stream().anyMatch(name::startsWith);
  }

  /** Whether a name without prefix is one of the backbone's. */
  boolean isBeside(String name) {
    return shapes.containsKey(name) && beside.stream().anyMatch(name::startsWith);
  }

  boolean isBuffer(String name) {
    return buffers.contains(name);
  }
}
