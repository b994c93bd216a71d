package org.ptuning4j.server.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.OfferedTask;

/**
 * Finds what a request says and no task reads, such as a misspelt field: answered without it, the
 * question would be another one.
 *
 * @param access the tasks as the caller sees them
 */
public record UnreadFields(TaskAccess access) {

  /**
   * The first value that none of the tasks reads.
   *
   * @param tasks that are asked about the values, one at least
   * @param place of the values in the request, such as {@code inputs[2].}; may be empty
   * @return empty if each is read, or if a task's pack cannot be loaded to tell
   */
  public Optional<ProblemDetails> problem(
      List<String> tasks, Map<String, Object> values, String place) {
    List<OfferedTask> offered;
    try {
      offered = tasks.stream().flatMap(name -> access.serving().task(name).stream()).toList();
    } catch (ProblemException e) {
      return Optional.empty(); // the question itself will say so
    }
    if (offered.size() < tasks.size()) {
      return Optional.empty();
    }
    return values.keySet().stream()
        .filter(name -> offered.stream().allMatch(task -> task.unread(values).contains(name)))
        .findFirst()
        .map(name -> unread(place + name, offered));
  }

  private static ProblemDetails unread(String field, List<OfferedTask> tasks) {
    OfferedTask task = tasks.get(0);
    String reads = String.join(", ", task.readable());
    return ProblemDetails.ofField(
        ProblemKind.UNUSABLE_INPUT,
        field,
        tasks.size() == 1
            ? "task '%s' does not read it here; it reads %s".formatted(task.name(), reads)
            : "none of the tasks reads it; '%s' reads %s".formatted(task.name(), reads));
  }
}
