package org.ptuning4j.server.protocol;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.task.AnswerSchema;
import org.ptuning4j.task.LabelledTask;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;

/** What the server tells of a task. Folders and fingerprints of data files stay inside. */
public final class TaskDescription {

  private TaskDescription() {}

  /** The description as it is written. */
  public static Map<String, Object> of(OfferedTask offered) {
    Task<?> task = offered.task();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", offered.name());
    all.put("kind", task.kind());
    all.put("description", task.description());
    all.put("writes", offered.writing().isPresent());
    all.put("inputs", task.inputs().fields().stream().map(TaskDescription::input).toList());
    all.put("further_columns", task.inputs().further());
    all.put("answer", task.answerSchema().fields().stream().map(TaskDescription::field).toList());
    all.put("labels", labels(task));
    offered.pack().ifPresent(facts -> all.put("pack", pack(facts)));
    offered.version().ifPresent(version -> all.put("registry", registry(version)));
    return all;
  }

  private static Map<String, Object> input(TaskInputs.Field field) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("name", field.name());
    input.put("type", label(field.kind()));
    input.put("columns", field.source().columns());
    return input;
  }

  private static Map<String, Object> field(AnswerSchema.Field field) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", field.name());
    one.put("type", label(field.type()));
    one.put("meaning", field.meaning());
    return one;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Of tags the types of what they mark. */
  static List<Map<String, Object>> labels(Task<?> task) {
    Collection<String> labels =
        task.labelled()
            .<Collection<String>>map(LabelledTask::labels)
            .orElseGet(() -> task.labelWords().keySet());
    return labels.stream()
        .map(label -> Map.<String, Object>of("label", label, "name", task.labelName(label)))
        .toList();
  }

  /** Which version it is that is served; where the registry is stays inside. */
  private static Map<String, Object> registry(PublishedPack version) {
    Map<String, Object> registry = new LinkedHashMap<>();
    registry.put("name", version.facts().name());
    registry.put("version", version.facts().version());
    registry.put("aliases", version.aliases());
    registry.put("published", version.facts().published());
    registry.put("note", version.facts().note());
    registry.put("sha256", version.digest());
    version.key().ifPresent(key -> registry.put("signed_by", key));
    return registry;
  }

  private static Map<String, Object> pack(PackFacts facts) {
    Map<String, Object> pack = new LinkedHashMap<>();
    pack.put("method", facts.method());
    pack.put("backbone", facts.backbone().id());
    pack.put("layers", facts.backbone().layers());
    if (facts.backbone().readLayer() != null) {
      pack.put("read_layer", facts.backbone().readLayer());
    }
    pack.put("weights_sha256", facts.backbone().weightsSha256());
    pack.put("tensors_sha256", facts.tensors().get("prompt.safetensors"));
    PackFacts.Provenance from = facts.provenance();
    pack.put("precision", from.precision());
    pack.put("seed", from.seed());
    pack.put("epoch", from.epoch());
    pack.put("metrics", from.metrics());
    pack.put("versions", from.versions());
    return pack;
  }
}
