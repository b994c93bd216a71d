package org.ptuning4j.predict;

/** Why a request has no answer. */
public enum Problem {
  /** There is no task of that name. */
  UNKNOWN_TASK(true),
  /** The task takes other than the request has. */
  UNUSABLE_INPUT(true),
  /** The model cannot read it, such as a token that has no embedding. */
  REFUSED(true),
  /** The task's pack cannot be loaded at present. */
  UNAVAILABLE(false),
  /** Too many requests wait already; this one was not accepted. */
  OVERLOADED(false),
  /** Its deadline passed before the model came to it. */
  TOO_LATE(false),
  /** The caller no longer waits for it. */
  CANCELLED(false),
  /** It came after the end. */
  CLOSED(false),
  /** A fault in the program, or in a task of an extension. */
  INTERNAL(false);

  private final boolean inRequest;

  Problem(boolean inRequest) {
    this.inRequest = inRequest;
  }

  /** Whether the request itself is to blame, so that asking again gives the same. */
  public boolean isInRequest() {
    return inRequest;
  }
}
