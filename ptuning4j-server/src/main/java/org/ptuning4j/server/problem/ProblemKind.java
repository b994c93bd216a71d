package org.ptuning4j.server.problem;

import java.util.Locale;

/** Why a request, or one of the questions in it, is not answered. */
public enum ProblemKind {
  /** It is no request that the server understands. */
  BAD_REQUEST(400, "The request cannot be read"),
  /** No key, or none that is known, where one is needed. */
  UNAUTHORIZED(401, "A key is needed"),
  /** It comes from a page of another host. */
  CROSS_ORIGIN(403, "Pages of other hosts are not answered"),
  /** Nothing is there, or nothing that the caller may see. */
  NOT_FOUND(404, "There is nothing here"),
  /** No such task, or none that the caller may ask. */
  UNKNOWN_TASK(404, "There is no such task"),
  /** The address is right and the method is not. */
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  /** The body did not come in time. */
  BODY_TOO_SLOW(408, "The body did not come in time"),
  /** What is wanted contradicts what is there. */
  CONFLICT(409, "It contradicts what is there"),
  /** More than the server reads. */
  TOO_LARGE(413, "The request is larger than a limit"),
  /** A body of another kind than JSON, or a compressed one. */
  UNSUPPORTED_MEDIA_TYPE(415, "The body is of a kind that is not read"),
  /** A request for another host than the server is. */
  MISDIRECTED(421, "The request is for another host"),
  /** The task takes other than the question has, or the model cannot read it. */
  UNUSABLE_INPUT(422, "The task cannot use the input"),
  /** Request line and headers are more than the server reads. */
  HEADERS_TOO_LARGE(431, "The headers are larger than a limit"),
  /** Too many requests wait already. */
  OVERLOADED(429, "Too many requests wait already"),
  /** A fault in the program. */
  INTERNAL(500, "The server has failed"),
  /** No address takes the method. */
  NOT_IMPLEMENTED(501, "The server does not know the method"),
  /** The task's pack cannot be loaded at present. */
  UNAVAILABLE(503, "The task is not available at present"),
  /** The server is about to end. */
  SHUTTING_DOWN(503, "The server is shutting down"),
  /** The deadline passed before the answer was there. */
  DEADLINE(504, "The answer was not there in time");

  private final int status;
  private final String title;

  ProblemKind(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The kind in words, the same for each problem of it. */
  public String title() {
    return title;
  }

  /** Its name in answers and metrics, such as {@code unknown-task}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its identifier in answers. */
  public String type() {
    return "urn:ptuning4j:problem:" + label();
  }
}
