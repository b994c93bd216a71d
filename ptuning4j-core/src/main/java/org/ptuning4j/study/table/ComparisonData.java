package org.ptuning4j.study.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.ptuning4j.study.cell.Cell;
import org.ptuning4j.study.cell.Sample;

/**
 * A comparison as data for programs.
 *
 * @param labels the rows
 * @param tasks the columns
 * @param entries what is in them
 * @param publishedModel the class of models of the published numbers; empty without them
 */
record ComparisonData(
    List<String> labels, List<String> tasks, List<ComparisonEntry> entries, String publishedModel) {

  private static final List<String> CSV_HEADER =
      List.of(
          "method",
          "task",
          "metric",
          "seeds",
          "mean",
          "sd",
          "published",
          "trainable_parameters",
          "total_parameters",
          "trainable_share",
          "seconds",
          "peak_memory_bytes",
          "frozen_backbone",
          "failed",
          "causes");

  String csv() {
    StringBuilder out = new StringBuilder();
    try (CSVPrinter lines = new CSVPrinter(out, CSVFormat.RFC4180)) {
      lines.printRecord(record("row", "model", CSV_HEADER));
      for (ComparisonEntry entry : entries) {
        lines.printRecord(record(entry.label(), entry.model(), fields(entry)));
      }
      return out.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
  }

  /** The model has a column where there are several. */
  private List<String> record(String row, String model, List<String> fields) {
    List<String> all = new ArrayList<>(severalModels() ? List.of(row, model) : List.of(row));
    all.addAll(fields);
    return all;
  }

  private boolean severalModels() {
    return entries.stream().map(ComparisonEntry::model).distinct().count() > 1;
  }

  private static List<String> fields(ComparisonEntry e) {
    boolean ran = !e.finished().isEmpty();
    Optional<Sample> sample = e.sample();
    List<String> causes = e.failed().stream().map(Cell.Failed::cause).distinct().toList();
    return List.of(
        e.method(),
        e.task(),
        e.metric(),
        Integer.toString(e.finished().size()),
        sample.map(s -> Double.toString(s.mean())).orElse(""),
        sample.filter(s -> s.size() > 1).map(s -> Double.toString(s.sd())).orElse(""),
        e.published().map(value -> Double.toString(value)).orElse(""),
        ran ? Long.toString(e.trainableParameters()) : "",
        ran ? Long.toString(e.finished().get(0).totalParameters()) : "",
        ran ? Double.toString(e.trainableShare()) : "",
        ran ? Double.toString(e.seconds()) : "",
        e.peakMemoryBytes() == 0 ? "" : Long.toString(e.peakMemoryBytes()),
        frozen(e).map(value -> Boolean.toString(value)).orElse(""),
        Integer.toString(e.failed().size()),
        String.join("; ", causes));
  }

  /** Empty if there is no run, or if some were frozen and some not. */
  private static Optional<Boolean> frozen(ComparisonEntry entry) {
    List<Boolean> found =
        entry.finished().stream().map(Cell.Finished::frozenBackbone).distinct().toList();
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  String json() {
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("tasks", tasks);
    table.put("published_model", publishedModel.isEmpty() ? null : publishedModel);
    table.put("rows", labels.stream().map(this::jsonRow).toList());
    try {
      return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(table)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a table of numbers and text is always JSON", e);
    }
  }

  private Map<String, Object> jsonRow(String label) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", label);
    List<ComparisonEntry> of =
        entries.stream().filter(entry -> entry.label().equals(label)).toList();
    if (severalModels()) {
      row.put("model", of.get(0).model());
    }
    row.put("method", of.get(0).method());
    row.put("cells", of.stream().map(ComparisonData::jsonEntry).toList());
    return row;
  }

  private static Map<String, Object> jsonEntry(ComparisonEntry e) {
    boolean ran = !e.finished().isEmpty();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("task", e.task());
    json.put("metric", e.metric().isEmpty() ? null : e.metric());
    json.put("mean", e.sample().map(Sample::mean).orElse(null));
    json.put("sd", e.sample().filter(s -> s.size() > 1).map(Sample::sd).orElse(null));
    json.put("seeds", e.sample().map(Sample::values).orElse(Map.of()));
    json.put("published_percent", e.published().orElse(null));
    json.put("trainable_parameters", ran ? e.trainableParameters() : null);
    json.put("total_parameters", ran ? e.finished().get(0).totalParameters() : null);
    json.put("seconds", ran ? e.seconds() : null);
    json.put("peak_memory_bytes", e.peakMemoryBytes() == 0 ? null : e.peakMemoryBytes());
    json.put("frozen_backbone", frozen(e).orElse(null));
    Map<Long, String> failures = new TreeMap<>();
    e.failed().forEach(cell -> failures.put(cell.seed(), cell.cause()));
    json.put("failed", failures);
    return json;
  }
}
