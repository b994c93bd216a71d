package org.ptuning4j.study.table;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.Sample;

/**
 * The runs of one row on one task.
 *
 * @param label the row: the method, and what distinguishes it
 * @param method the method
 * @param task the task
 * @param metric the task's metric; empty if no run on the task was finished
 * @param finished by seed
 * @param failed by seed
 * @param published the published number in percent, where there is one
 */
public record ComparisonEntry(
    String label,
    String method,
    String task,
    String metric,
    List<Cell.Finished> finished,
    List<Cell.Failed> failed,
    Optional<Double> published) {

  /** Copies the lists. */
  public ComparisonEntry {
    finished = List.copyOf(finished);
    failed = List.copyOf(failed);
  }

  /** The name of the model, where the cells have it; else empty. */
  public String model() {
    return Stream.<Cell>concat(finished.stream(), failed.stream())
        .map(cell -> cell.settings().getOrDefault(Cell.MODEL, ""))
        .findFirst()
        .orElse("");
  }

  /** The metric by seed, 0 to 1; empty if no run was finished. */
  public Optional<Sample> sample() {
    Map<Long, Double> values = new TreeMap<>();
    finished.forEach(cell -> values.put(cell.seed(), cell.value()));
    return values.isEmpty() ? Optional.empty() : Optional.of(new Sample(values));
  }

  /** Mean wall-clock seconds of the finished runs; NaN without one. */
  public double seconds() {
    return finished.stream().mapToDouble(Cell.Finished::seconds).average().orElse(Double.NaN);
  }

  /** The highest peak of the finished runs in bytes; 0 if none was measured. */
  public long peakMemoryBytes() {
    return finished.stream().mapToLong(Cell.Finished::peakMemoryBytes).max().orElse(0);
  }

  /** The most parameters that a finished run trained; 0 without one. */
  public long trainableParameters() {
    return finished.stream().mapToLong(Cell.Finished::trainableParameters).max().orElse(0);
  }

  /** The largest trained share of the finished runs, 0 to 1; NaN without one. */
  public double trainableShare() {
    return finished.stream().mapToDouble(Cell.Finished::trainableShare).max().orElse(Double.NaN);
  }
}
