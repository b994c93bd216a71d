package org.ptuning4j.server.serving;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The tasks that a server offers, and what answers them. Thread-safe. */
public interface Serving {

  /** The tasks that can be asked now, by name. */
  List<OfferedTask> tasks();

  /** The task of a name, if there is one. */
  Optional<OfferedTask> task(String name);

  /**
   * Answers questions, each as if it were alone.
   *
   * @param deadline after which nobody waits for the answers
   * @return one result a question, in their order
   */
  List<Result> answer(List<Question> questions, Instant deadline);
}
