package org.ptuning4j.backbone;

import java.util.List;
import org.ptuning4j.tensor.file.TensorInfo;

/**
 * How a checkpoint's tensors compare with what its configuration asks for.
 *
 * @param entries one per tensor that the backbone needs, may use, or that the file has besides
 */
public record WeightReport(List<Entry> entries) {

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
  }

  /** Copies the list. */
  public WeightReport {
    entries = List.copyOf(entries);
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
