package org.ptuning4j.study.run;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.train.run.Decision;
import org.ptuning4j.train.run.TrainingListener;
import org.ptuning4j.train.run.TrainingResult;

/**
 * What a cell's process tells the one that started it. Those of a {@link TrainingListener} come
 * while it trains, and at the end one that says how it ended.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CellEvent.Started.class, name = "started"),
  @JsonSubTypes.Type(value = CellEvent.ComputedOnce.class, name = "computed-once"),
  @JsonSubTypes.Type(value = CellEvent.Decided.class, name = "decided"),
  @JsonSubTypes.Type(value = CellEvent.Stepped.class, name = "stepped"),
  @JsonSubTypes.Type(value = CellEvent.Evaluated.class, name = "evaluated"),
  @JsonSubTypes.Type(value = CellEvent.Remarked.class, name = "remarked"),
  @JsonSubTypes.Type(value = CellEvent.Noted.class, name = "noted"),
  @JsonSubTypes.Type(value = CellEvent.Warned.class, name = "warned"),
  @JsonSubTypes.Type(value = CellEvent.Finished.class, name = "finished"),
  @JsonSubTypes.Type(value = CellEvent.Trained.class, name = "trained"),
  @JsonSubTypes.Type(value = CellEvent.Stopped.class, name = "stopped"),
  @JsonSubTypes.Type(value = CellEvent.Refused.class, name = "refused")
})
sealed interface CellEvent {

  /** Something that a listener of the training is told. */
  sealed interface Told extends CellEvent {
    void tell(TrainingListener listener);
  }

  /** A run begins. */
  record Started(TrainingListener.Start start) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.started(start);
    }
  }

  /** States were computed that the whole run uses. */
  record ComputedOnce(TrainingListener.ComputedOnce once) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.computedOnce(once);
    }
  }

  /** The run decided something. */
  record Decided(Decision decision) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.decided(decision);
    }
  }

  /** A step was made. */
  record Stepped(TrainingListener.Step step) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.stepped(step);
    }
  }

  /** The model was evaluated. */
  record Evaluated(TrainingListener.Evaluated evaluation) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.evaluated(evaluation);
    }
  }

  /** Something is odd about the model. */
  record Remarked(String text) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.remarked(text);
    }
  }

  /** What the run makes of model and data. */
  record Noted(String text) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.noted(text);
    }
  }

  /** Something looks wrong. */
  record Warned(String text) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.warned(text);
    }
  }

  /** A run is over, or was stopped. */
  record Finished(TrainingResult result, String folder) implements Told {
    @Override
    public void tell(TrainingListener listener) {
      listener.finished(result, Path.of(folder));
    }
  }

  /** How it ended; nothing follows. */
  sealed interface Last extends CellEvent {

    /**
     * The result of the training; empty if it was stopped before its end.
     *
     * @throws InvalidInputException if something given is not usable
     */
    Optional<CellOutcome> outcome();
  }

  /** The cell is trained. */
  record Trained(CellOutcome result) implements Last {
    @Override
    public Optional<CellOutcome> outcome() {
      return Optional.of(result);
    }
  }

  /** It was stopped before its end; all is saved. */
  record Stopped() implements Last {
    @Override
    public Optional<CellOutcome> outcome() {
      return Optional.empty();
    }
  }

  /**
   * Something given is not usable.
   *
   * @param cause the message for the person who gave it
   */
  record Refused(String cause) implements Last {
    @Override
    public Optional<CellOutcome> outcome() {
      throw new InvalidInputException(cause);
    }
  }
}
