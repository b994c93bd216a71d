package org.ptuning4j.predict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ptuning4j.Message;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneSpec;

/**
 * What several tasks have in common when they are asked about one text: the layers below all of
 * their prompts, as far as the text's positions do not depend on the task. They are computed once
 * for a text; with T prompts in the top k of L layers, L − k + T·k layers instead of T·L.
 *
 * @param layers L
 * @param shared how many layers are computed once for all tasks that share any; 0 for none
 * @param remarks which tasks share nothing, or not with all, and why
 */
public record SharedLayers(int layers, int shared, List<Message> remarks) {

  /** Copies the list. */
  public SharedLayers {
    remarks = List.copyOf(remarks);
  }

  /** Of tasks that are held. */
  static SharedLayers of(Backbone backbone, List<ServedTask> tasks) {
    BackboneSpec spec = backbone.spec();
    if (spec.readingLayers() < spec.layers()) {
      return new SharedLayers(
          spec.layers(),
          0,
          List.of(
              Message.plain(
                  "a model of an encoder and a decoder is computed as a whole for each task")));
    }
    List<Message> remarks = new ArrayList<>();
    Map<String, Integer> untouched = new LinkedHashMap<>();
    Map<Integer, List<String>> byShift = new TreeMap<>();
    for (ServedTask task : tasks) {
      int below = task.untouchedLayers(spec.layers() - 1);
      if (task.ownsBackbone()) {
        remarks.add(
            Message.of("task '%s' brings a model of its own and shares no layer", task.name()));
      } else if (task.writes()) {
        remarks.add(Message.of("task '%s' has its answers written, token by token", task.name()));
      } else if (below == 0) {
        remarks.add(
            Message.of(
                "task '%s' has its prompt at the input or in the first layer, and shares no layer;"
                    + " train it with %s top:K",
                task.name(), new SettingName("layers")));
      } else {
        untouched.put(task.name(), below);
        int shift = task.positionShift();
        byShift.computeIfAbsent(shift, key -> new ArrayList<>()).add(task.name());
      }
    }
    if (byShift.size() > 1) {
      remarks.add(differentPositions(byShift));
    }
    boolean any = byShift.values().stream().anyMatch(names -> names.size() > 1);
    int lowest = untouched.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    return new SharedLayers(spec.layers(), any ? Math.min(lowest, spec.layers() - 1) : 0, remarks);
  }

  private static Message differentPositions(Map<Integer, List<String>> byShift) {
    Set<Map.Entry<Integer, List<String>>> groups = byShift.entrySet();
    return Message.of(
        "a text's positions begin elsewhere for different tasks (%s), so that only those with the"
            + " same beginning share layers; train them with %s unshifted, or with prompts of one"
            + " length",
        groups.stream()
            .map(group -> "at " + group.getKey() + ": " + String.join(", ", group.getValue()))
            .collect(Collectors.joining("; ")),
        new SettingName("positions"));
  }
}
