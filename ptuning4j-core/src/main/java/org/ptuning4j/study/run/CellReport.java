package org.ptuning4j.study.run;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.run.TrainingListener;

/**
 * What became of a {@link CellTask}.
 *
 * @param lines what its process told
 * @param code its exit code
 */
public record CellReport(List<String> lines, int code) implements Serializable {

  /** Copies the list. */
  public CellReport {
    lines = new ArrayList<>(lines); // a serializable one
  }

  /**
   * Tells a listener what happened.
   *
   * @param stopped whether the cell was told to stop
   * @return the result; empty if it was stopped before its end
   * @throws InvalidInputException if the cell could not be trained
   */
  public Optional<CellOutcome> outcome(TrainingListener listener, boolean stopped) {
    Optional<CellEvent.Last> last = Optional.empty();
    for (String line : lines) {
      Optional<CellEvent> event = CellEvents.read(line);
      if (event.isPresent() && event.get() instanceof CellEvent.Told told) {
        told.tell(listener);
      } else if (event.isPresent() && event.get() instanceof CellEvent.Last said) {
        last = Optional.of(said);
      }
    }
    return RunningCell.outcome(last, code, stopped);
  }
}
