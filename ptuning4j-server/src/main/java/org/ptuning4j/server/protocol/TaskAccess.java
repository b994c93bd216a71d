package org.ptuning4j.server.protocol;

import java.util.List;
import org.ptuning4j.server.auth.Caller;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
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

  /** The names of the tasks that may be asked, sorted. */
  public List<String> names() {
    return serving.names().stream().filter(caller::mayAsk).toList();
  }

  /** Whether a task is there and may be asked. */
  public boolean has(String name) {
    return caller.mayAsk(name) && serving.has(name);
  }

  /** Whether a task is there, may be asked, and its pack can be loaded. */
  public boolean isReady(String name) {
    try {
      return has(name) && serving.task(name).isPresent();
    } catch (ProblemException e) {
      return false;
    }
  }

  /**
   * Makes sure that a task is there and may be asked.
   *
   * @param field of the request that names it
   * @throws ProblemException if not
   */
  public void require(String field, String name) {
    if (!has(name)) {
      throw unknown(field, name);
    }
  }

  /**
   * What a task is.
   *
   * @param field of the request that names it
   * @throws ProblemException if it is not there, may not be asked, or cannot be loaded
   */
  public OfferedTask get(String field, String name) {
    require(field, name);
    return serving.task(name).orElseThrow(() -> unknown(field, name));
  }

  private static ProblemException unknown(String field, String name) {
    return ProblemDetails.ofValue(
            ProblemKind.UNKNOWN_TASK,
            field,
            name,
            "no such task is served; GET /v1/tasks lists them")
        .exception();
  }
}
