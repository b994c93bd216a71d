package org.ptuning4j.task;

import java.util.Map;
import java.util.Optional;

/** What a model says of an example. */
public interface Answer {

  /** The answer in one line, for people; equal answers have equal lines. */
  String text();

  /** What is written for programs, by name: plain values, lists and maps of them. */
  Map<String, Object> fields();

  /** This answer as one of several labels with their probabilities; empty for other answers. */
  default Optional<LabelAnswer> oneLabel() {
    return Optional.empty();
  }
}
