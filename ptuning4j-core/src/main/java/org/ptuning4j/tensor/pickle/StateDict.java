package org.ptuning4j.tensor.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.Quoted;

/**
 * The dictionary of tensors in a checkpoint: the checkpoint itself, or what training programs keep
 * under a usual name beside their own facts ({@code {"model_state_dict": {...}, "epoch": 3}}).
 *
 * @param tensors the tensors by name, in the checkpoint's order
 * @param ignored the names of all entries that are no tensors
 */
record StateDict(Map<String, Pickled.View> tensors, List<String> ignored) {

  private static final List<String> USUAL_NAMES =
      List.of("state_dict", "model_state_dict", "model", "module");
  private static final int DEEPEST_NESTING = 4;

  /**
   * Finds the tensors.
   *
   * @throws InvalidInputException if there are none; the message lists what there is
   */
  static StateDict in(String file, Pickled root) {
    List<String> ignored = new ArrayList<>();
    Pickled.Dictionary found = find(root, ignored, DEEPEST_NESTING);
    if (found == null) {
      throw InvalidInputException.of(
          "%s holds no dictionary of tensors, neither itself nor under one of %s; it holds %s",
          file, USUAL_NAMES, describe(root));
    }
    Map<String, Pickled.View> tensors = new LinkedHashMap<>();
    found
        .entries()
        .forEach(
            (key, value) -> {
              if (key instanceof Pickled.Text name && value instanceof Pickled.View view) {
                tensors.put(name.value(), view);
              } else {
                ignored.add(label(key));
              }
            });
    return new StateDict(tensors, List.copyOf(ignored));
  }

  private static Pickled.Dictionary find(Pickled value, List<String> ignored, int depth) {
    if (!(value instanceof Pickled.Dictionary dictionary) || depth == 0) {
      return null;
    }
    for (String name : USUAL_NAMES) {
      Pickled.Text key = new Pickled.Text(name);
      Pickled.Dictionary nested = find(dictionary.entries().get(key), ignored, depth - 1);
      if (nested != null) {
        dictionary.entries().keySet().stream()
            .filter(other -> !other.equals(key))
            .forEach(other -> ignored.add(label(other)));
        return nested;
      }
    }
    boolean hasTensors =
        dictionary.entries().entrySet().stream()
            .anyMatch(
                entry ->
                    entry.getKey() instanceof Pickled.Text
                        && entry.getValue() instanceof Pickled.View);
    return hasTensors ? dictionary : null;
  }

  private static String describe(Pickled root) {
    if (root instanceof Pickled.Dictionary dictionary) {
      List<String> keys = dictionary.entries().keySet().stream().map(StateDict::label).toList();
      return keys.isEmpty() ? "an empty dictionary" : "a dictionary of " + Quoted.names(keys);
    }
    return root instanceof Pickled.View ? "one tensor without a name" : "something else";
  }

  private static String label(Pickled key) {
    if (key instanceof Pickled.Text text) {
      return text.value();
    }
    return key instanceof Pickled.Whole whole ? Long.toString(whole.value()) : "(unnamed)";
  }
}
