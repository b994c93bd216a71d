package org.ptuning4j.data;

/** One thing that a task asks about, as it is read from a file. */
public interface Example {

  /** The line of the file on which its record starts, counted from 1. */
  int line();
}
