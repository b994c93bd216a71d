package org.ptuning4j.backbone;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.file.Quoted;
import org.ptuning4j.tensor.file.TensorSource;

/**
 * What stands before the backbone's names in a checkpoint: nothing, the family's own prefix ({@code
 * bert.}), or what a program put before all names ({@code module.} of data parallelism, {@code
 * _orig_mod.} of compilation, {@code model.} of a training framework), alone or before the
 * family's.
 *
 * @param wrapper what a program put there; empty for nothing
 * @param own the family's prefix where the checkpoint has it; else empty
 */
record NamePrefix(String wrapper, String own) {

  /**
   * Finds the prefix below which most of the backbone's tensors lie.
   *
   * @throws InvalidInputException if several hold as many, so that none is the obvious one
   */
  static NamePrefix find(TensorSource source, WeightLayout layout) {
    Map<String, Integer> counts = counts(source.names(), layout);
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    List<String> best =
        counts.entrySet().stream()
            .filter(e -> e.getValue() == most)
            .map(Map.Entry::getKey)
            .toList();
    if (best.contains(layout.prefix()) || best.isEmpty()) {
      boolean prefixed = source.names().stream().anyMatch(n -> n.startsWith(layout.prefix()));
      return new NamePrefix("", prefixed ? layout.prefix() : "");
    }
    if (best.contains("")) {
      return new NamePrefix("", "");
    }
    if (best.size() > 1) {
      throw InvalidInputException.of(
          "%s holds %d models of this kind, whose names begin with %s; save the one that is meant"
              + " in a file of its own",
          source.describe(), best.size(), Quoted.names(best));
    }
    String whole = best.get(0);
    return whole.endsWith("." + layout.prefix())
        ? new NamePrefix(
            whole.substring(0, whole.length() - layout.prefix().length()), layout.prefix())
        : new NamePrefix(whole, "");
  }

  /** How many of the tensors that a backbone must have lie below each prefix that has any. */
  private static Map<String, Integer> counts(Collection<String> names, WeightLayout layout) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String name : names) {
      String modern = CheckpointWeights.modern(name);
      for (int at = 0; at >= 0; at = next(modern, at)) {
        String rest = modern.substring(at);
        if (layout.shapes().containsKey(rest) && !layout.isOptional(rest)) {
          counts.merge(modern.substring(0, at), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  /** Where the name goes on after its next dot; negative at the end. */
  private static int next(String name, int at) {
    int dot = name.indexOf('.', at);
    return dot < 0 ? -1 : dot + 1;
  }

  /** A name without the wrapper. */
  String unwrapped(String name) {
    return name.startsWith(wrapper) ? name.substring(wrapper.length()) : name;
  }

  /** The backbone's name for a tensor; empty for one that lies outside of it. */
  Optional<String> own(String name, WeightLayout layout) {
    if (layout.isBeside(unwrapped(name))) {
      return Optional.of(unwrapped(name));
    }
    String whole = wrapper + own;
    if (!name.startsWith(whole)) {
      return Optional.empty();
    }
    String rest = name.substring(whole.length());
    return own.isEmpty() && !layout.isBackboneName(rest) ? Optional.empty() : Optional.of(rest);
  }

  /** A sentence on what is passed over; empty where there is no wrapper. */
  Optional<String> note(TensorSource source) {
    if (wrapper.isEmpty()) {
      return Optional.empty();
    }
    boolean all = source.names().stream().allMatch(name -> name.startsWith(wrapper));
    return Optional.of(
        "%s: %s begin with '%s', which is passed over"
            .formatted(source.describe(), all ? "all names" : "the model's names", wrapper));
  }

  /** A hint for a checkpoint of other names, to follow the list of those that are missing. */
  String hint(TensorSource source, WeightLayout layout) {
    if (!counts(source.names(), layout).isEmpty() || source.names().isEmpty()) {
      return "";
    }
    String shared = shared(source.names());
    return "; none of its %d tensors is one of this family%s: it is a model of another kind"
        .formatted(
            source.names().size(),
            shared.isEmpty() ? "" : ", and all names begin with '" + shared + "'");
  }

  /** What all names begin with, up to a dot. */
  private static String shared(Collection<String> names) {
    String shared = names.iterator().next();
    for (String name : names) {
      int same = 0;
      while (same < Math.min(shared.length(), name.length())
          && shared.charAt(same) == name.charAt(same)) {
        same++;
      }
      shared = shared.substring(0, same);
    }
    return shared.substring(0, shared.lastIndexOf('.') + 1);
  }
}
