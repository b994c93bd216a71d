package org.ptuning4j.task;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.Examples;

/** Leaves examples out that could be read and cannot be used. */
public final class ExampleFilter {

  private ExampleFilter() {}

  /**
   * The examples without a fault; those with one become bad rows, in the order of the file.
   *
   * @param fault why an example cannot be used, if it cannot
   */
  public static <E extends Example> Examples<E> usable(
      Examples<E> read, Function<E, Optional<BadRow>> fault) {
    List<E> examples = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>(read.badRows());
    for (E example : read.examples()) {
      fault.apply(example).ifPresentOrElse(badRows::add, () -> examples.add(example));
    }
    badRows.sort(Comparator.comparingInt(BadRow::line).thenComparingInt(BadRow::record));
    return read.with(examples, badRows);
  }
}
