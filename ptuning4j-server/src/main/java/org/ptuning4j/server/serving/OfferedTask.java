package org.ptuning4j.server.serving;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.ptuning4j.generate.GenerationSettings;
import org.ptuning4j.pack.PackFacts;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.TaskInputs;

/**
 * A task that is served.
 *
 * @param name its name on this server
 * @param task what it reads and answers
 * @param pack what its pack says of itself; empty where the model answers as it is
 * @param writing how the model writes its answers, unless a request says otherwise; empty where it
 *     does not write them
 * @param version what a registry calls the pack; empty of a pack from a folder
 */
public record OfferedTask(
    String name,
    Task<?> task,
    Optional<PackFacts> pack,
    Optional<GenerationSettings> writing,
    Optional<PublishedPack> version) {

  /** Checks that everything is there. */
  public OfferedTask {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(pack, "pack");
    Objects.requireNonNull(writing, "writing");
    Objects.requireNonNull(version, "version");
  }

  /** The names of those values that the task does not read, with what else there is. */
  public List<String> unread(Map<String, Object> values) {
    return PlainTexts.areNamed(values) ? List.of() : task.inputs().unread(values);
  }

  /** The names of what it reads: its inputs, and where they differ the columns of its data. */
  public List<String> readable() {
    TaskInputs inputs = task.inputs();
    return Stream.concat(
            inputs.fields().stream().map(field -> readable(field.name(), field.source().columns())),
            inputs.further().stream())
        .toList();
  }

  private static String readable(String name, List<String> columns) {
    return columns.equals(List.of(name)) ? name : name + " (" + String.join(", ", columns) + ")";
  }
}
