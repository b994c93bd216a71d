package org.ptuning4j.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Example;
import org.ptuning4j.data.TextExample;
import org.ptuning4j.data.value.NormalLabel;
import org.ptuning4j.task.template.ColumnValues;

/**
 * How the servers of SuperGLUE and GLUE want predictions: a JSON object a line with {@code idx} and
 * {@code label}, or columns {@code index} and {@code prediction}.
 */
public final class Submissions {

  private static final Map<String, String> FILES =
      Map.ofEntries(
          Map.entry("rte", "RTE.jsonl"),
          Map.entry("cb", "CB.jsonl"),
          Map.entry("boolq", "BoolQ.jsonl"),
          Map.entry("copa", "COPA.jsonl"),
          Map.entry("multirc", "MultiRC.jsonl"),
          Map.entry("record", "ReCoRD.jsonl"),
          Map.entry("wic", "WiC.jsonl"),
          Map.entry("wic-marked", "WiC.jsonl"),
          Map.entry("wsc", "WSC.jsonl"),
          Map.entry("wsc-marked", "WSC.jsonl"),
          Map.entry("axb", "AX-b.jsonl"),
          Map.entry("axg", "AX-g.jsonl"),
          Map.entry("sst2", "SST-2.tsv"));

  private Submissions() {}

  /** What the server wants the file of a built-in task to be called. */
  public static Optional<String> file(String task) {
    return Optional.ofNullable(FILES.get(task));
  }

  public static void requireFormat(String task) {
    if (!FILES.containsKey(task)) {
      throw none(task);
    }
  }

  static InvalidInputException none(String task) {
    return InvalidInputException.of(
        "task '%s' has no server format; known are those of question answering and of %s",
        task, String.join(", ", FILES.keySet().stream().sorted().toList()));
  }

  /** The predictions of a task on texts. */
  public static String labels(String task, List<TextExample> examples, List<Answer> answers) {
    requireFormat(task);
    if (task.equals("sst2")) {
      return columns(examples, answers);
    }
    boolean capital = task.startsWith("wsc"); // its own spelling: "True" and "False"
    return jsonLines(
        examples,
        answers,
        example -> index(task, example),
        answer -> capital ? capital(label(answer)) : label(answer));
  }

  /**
   * Makes sure that the server of a task on texts knows each example by a number of its own.
   *
   * @throws InvalidInputException naming the first line that lacks it
   */
  public static void requireNumbers(String task, List<TextExample> examples) {
    requireFormat(task);
    requireNumbers(examples, example -> index(task, example));
  }

  /** Makes sure that each example has the numbers of its file rather than ones made up for it. */
  public static void requireIdx(List<? extends Example> examples) {
    for (Example example : examples) {
      if (example.source().ids().isEmpty()) {
        throw InvalidInputException.of(
            "line %d: column 'idx' is missing, must hold the numbers by which the server knows the"
                + " example",
            example.line());
      }
    }
  }

  /** The same for examples of any kind. */
  public static <E extends Example> void requireNumbers(
      List<E> examples, Function<E, Integer> index) {
    Set<Integer> seen = new HashSet<>();
    examples.forEach(example -> requireNew(example, index.apply(example), seen));
  }

  /**
   * GLUE calls the number {@code index}, copies of its files {@code idx}; SuperGLUE does always.
   */
  private static int index(String task, TextExample example) {
    boolean glue = task.equals("sst2") && !example.columns().containsKey("idx");
    return index(example, example.columns(), glue ? "index" : "idx");
  }

  private static String label(Answer answer) {
    return ((LabelAnswer) answer).label();
  }

  private static String capital(String label) {
    return Character.toUpperCase(label.charAt(0)) + label.substring(1);
  }

  private static String columns(List<TextExample> examples, List<Answer> answers) {
    requireAsMany(examples, answers);
    StringBuilder lines = new StringBuilder("index\tprediction\n");
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < examples.size(); i++) {
      int index = index("sst2", examples.get(i));
      requireNew(examples.get(i), index, seen);
      lines.append(index).append('\t').append(label(answers.get(i))).append('\n');
    }
    return lines.toString();
  }

  /** A line {@code {"idx": …, "label": …}} for each example, in their order. */
  public static <E extends Example> String jsonLines(
      List<E> examples,
      List<Answer> answers,
      Function<E, Integer> index,
      Function<Answer, Object> label) {
    requireAsMany(examples, answers);
    StringBuilder lines = new StringBuilder();
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < examples.size(); i++) {
      int idx = index.apply(examples.get(i));
      requireNew(examples.get(i), idx, seen);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("idx", idx);
      line.put("label", label.apply(answers.get(i)));
      lines.append(json(line)).append('\n');
    }
    return lines.toString();
  }

  public static String json(Object value) {
    try {
      return new ObjectMapper().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The number by which the server knows an example. */
  public static int index(Example example, Map<String, Object> columns, String column) {
    Object value = columns.get(column);
    boolean plain = value instanceof String || value instanceof Number;
    if (plain && NormalLabel.of(value).matches("[0-9]{1,9}")) {
      return Integer.parseInt(NormalLabel.of(value));
    }
    throw InvalidInputException.of(
        "line %d: column '%s' is %s, must be the number by which the server knows the example",
        example.line(), column, value == null ? "missing" : "'" + ColumnValues.shown(value) + "'");
  }

  public static void requireAsMany(List<?> examples, List<Answer> answers) {
    if (examples.size() != answers.size()) {
      throw InvalidInputException.of(
          "%d examples and %d answers: there must be as many", examples.size(), answers.size());
    }
  }

  private static void requireNew(Example example, int index, Set<Integer> seen) {
    if (!seen.add(index)) {
      throw InvalidInputException.of(
          "line %d: idx %d is that of an earlier example; each needs its own",
          example.line(), index);
    }
  }
}
