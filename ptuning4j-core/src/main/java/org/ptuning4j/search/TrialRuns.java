package org.ptuning4j.search;

import org.ptuning4j.study.run.StudyRun;

/** Makes the runs of trials: what was given, with what the search sets. */
public interface TrialRuns {

  /**
   * The run of a request.
   *
   * @throws org.ptuning4j.InvalidInputException if its settings do not go together; such settings
   *     are not tried
   */
  StudyRun run(RunRequest request);

  /**
   * Whether a setting means something to a method.
   *
   * @param method the method's name; empty for the one that was given
   */
  boolean applies(String method, String setting);
}
