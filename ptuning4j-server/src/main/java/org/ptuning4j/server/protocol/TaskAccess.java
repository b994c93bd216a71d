package org.ptuning4j.server.protocol;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemKind;
import org.ptuning4j.server.serving.OfferedTask;
import org.ptuning4j.server.serving.Serving;

/**
 * The tasks as one caller sees them: a task that the caller may not ask looks like one that is not
 * there.
 *
 * @param serving has the tasks
 * @param caller asks
 */
public record TaskAccess(Serving serving, Caller caller) {

  /** The tasks that may be asked, by name. */
  public List<OfferedTask> all() {
    return serving.tasks().stream().filter(task -> caller.mayAsk(task.name())).toList();
  }

  /** The task of a name, if it is there and may be asked. */
  public Optional<OfferedTask> find(String name) {
    return caller.mayAsk(name) ? serving.task(name) : Optional.empty();
  }

  /** The task of a name, or the problem that there is none. */
  public OfferedTask get(String field, String name) {
    return find(name).orElseThrow(() -> unknown(field, name).exception());
  }

  /** What is said of a name that no task has which may be asked. */
  public static ProblemDetails unknown(String field, String name) {
    return ProblemDetails.ofValue(
        ProblemKind.UNKNOWN_TASK, field, name, "no such task is served; GET /v1/tasks lists them");
  }
}
