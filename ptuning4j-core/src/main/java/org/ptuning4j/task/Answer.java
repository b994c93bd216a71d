package org.ptuning4j.task;

import java.util.Map;

/** What a model says of an example. */
public interface Answer {

  /** The answer in one line, for people; equal answers have equal lines. */
  String text();

  /** What is written for programs, by name: plain values, lists and maps of them. */
  Map<String, Object> fields();
}
