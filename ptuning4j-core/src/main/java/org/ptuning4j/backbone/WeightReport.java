package org.ptuning4j.backbone;

import java.util.List;
import org.ptuning4j.tensor.file.TensorInfo;

/**
 * How a checkpoint's tensors compare with what its configuration asks for.
 *
 * @param entries one per tensor that the backbone needs, may use, or that the file has besides
 * @param notes what was passed over and may surprise, a sentence each
 */
public record WeightReport(List<Entry> entries, List<String> notes) {

  /** What became of one tensor. */
  public enum Status {
    /** Found, with the right shape: a part of the backbone or of the language-model head. */
    USED,
    /** Needed, and not there. */
    MISSING,
    /** There, with another shape than the configuration asks for. */
    WRONG_SHAPE,
    /** There, below the backbone's own names, but no part of it. */
    UNEXPECTED,
    /** A part of a language-model head that is incomplete or of another size: it is not used. */
    LEFT_OUT,
    /** There, and of no concern: another task's head, or a buffer. */
    IGNORED
  }

  /**
   * One tensor.
   *
   * @param name the name under which the backbone knows it
   * @param found what the file holds, in words such as {@code F32 [30522, 768]}; empty if missing
   * @param expected the shape asked for; empty if none
   * @param status what became of it
   */
  public record Entry(String name, String found, String expected, Status status) {

    static Entry of(String name, TensorInfo found, String expected, Status status) {
      return new Entry(name, found == null ? "" : found.describe(), expected, status);
    }

    Entry leftOut() {
      return new Entry(name, found, expected, Status.LEFT_OUT);
    }

    /** What is wrong with it, for messages. */
    String fault() {
      if (found.isEmpty()) {
        return "missing " + name + " " + expected;
      }
      return expected.isEmpty()
          ? "unexpected " + name + " " + found
          : name + " is " + found + ", the configuration asks for " + expected;
    }
  }

  /** Copies the lists. */
  public WeightReport {
    entries = List.copyOf(entries);
    notes = List.copyOf(notes);
  }

  /** The entries with a status. */
  public List<Entry> with(Status status) {
    return entries.stream().filter(entry -> entry.status() == status).toList();
  }

  /** Whether the checkpoint can be loaded. */
  public boolean loadable() {
    return with(Status.MISSING).isEmpty()
        && with(Status.WRONG_SHAPE).isEmpty()
        && with(Status.UNEXPECTED).isEmpty();
  }
}
