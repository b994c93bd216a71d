package org.ptuning4j.cli.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.Source;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.input.TextInput;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.predict.Request;

/** Reads rows to predict on, one at a time: rows with columns, or plain lines of text. */
final class PredictionInput implements AutoCloseable {

  /**
   * A row, or what is wrong with one; exactly one of the two is there.
   *
   * @param task that which cannot use a bad row; empty where that is not known
   */
  record Item(Optional<PredictionRow> row, Optional<BadRow> badRow, Optional<String> task) {

    static Item of(PredictionRow row) {
      return new Item(Optional.of(row), Optional.empty(), Optional.empty());
    }

    static Item of(BadRow badRow) {
      return new Item(Optional.empty(), Optional.of(badRow), Optional.empty());
    }

    Item forTask(String name) {
      return new Item(row, badRow, Optional.of(name));
    }
  }

  /**
   * Which task a row is for, where there are several.
   *
   * @param column the column that names it
   * @param all whether every row is for all of them
   */
  record Addressing(String column, boolean all) {}

  private final String name;
  private final Map<String, RowForm> tasks;
  private final Addressing addressing;
  private final List<String> kept;
  private final RowSource rows;
  private final boolean plain;
  private final Deque<Item> items = new ArrayDeque<>(); // of the row that was read last

  private PredictionInput(
      String name,
      Map<String, RowForm> tasks,
      Addressing addressing,
      List<String> kept,
      RowSource rows) {
    this.name = name;
    this.kept = List.copyOf(kept);
    this.tasks = tasks;
    this.addressing = addressing;
    this.rows = rows;
    this.plain = rows.format() == FileFormat.TEXT;
  }

  /**
   * Opens an input.
   *
   * @param tasks what each task reads, by its name
   * @param addressing which of them a row is for
   * @param kept columns that are to be found again beside a row's answer
   * @throws InvalidInputException if the input is empty, or a column is missing altogether
   */
  static PredictionInput open(
      InputFile file, Map<String, RowForm> tasks, Addressing addressing, List<String> kept) {
    FileFormat format = format(file, tasks);
    InputFile known = file.with(file.settings().withFormat(format));
    if (format == FileFormat.TEXT) {
      requireSingleText(file.name(), tasks, addressing);
      return new PredictionInput(
          file.name(), tasks, addressing, kept, new PlainLines(known.open()));
    }
    RowSource rows = new TableReader().stream(known);
    PredictionInput input = new PredictionInput(file.name(), tasks, addressing, kept, rows);
    input.requireColumns();
    return input;
  }

  private static FileFormat format(InputFile file, Map<String, RowForm> tasks) {
    FileFormat set = file.settings().format();
    if (set == FileFormat.AUTO) {
      return file.look(input -> tellFormat(input, tasks));
    } else if (set.isTable() || set == FileFormat.TEXT) {
      return set;
    }
    throw InvalidInputException.of(
        "format: %s is not one that %s reads; for rows there are %s",
        set.label(),
        tasks.size() > 1 ? "a mixture of tasks" : "task '" + tasks.keySet().iterator().next() + "'",
        FileFormat.labels(
            List.of(FileFormat.TEXT, FileFormat.JSONL, FileFormat.CSV, FileFormat.TSV)));
  }

  /**
   * JSON by its beginning, a table by a header that names what a task reads, or else by its name;
   * anything else is lines of text. Where the header is a single name, the file's own says what it
   * is, or quotation marks, which stand around a text in CSV alone.
   */
  private static FileFormat tellFormat(TextInput input, Map<String, RowForm> tasks)
      throws IOException {
    String first = input.firstLine();
    Optional<FileFormat> named = FileFormat.fromName(input.name()).filter(FileFormat::isTable);
    if (FileFormat.isJson(first)) {
      return FileFormat.JSONL;
    } else if (isSingleName(first) && isHeader(first, "\t", tasks)) {
      return named.orElse(isQuoted(input) ? FileFormat.CSV : FileFormat.TSV);
    } else if (isHeader(first, "\t", tasks)) {
      return FileFormat.TSV;
    } else if (input.settings().delimiter().isPresent()
        || first.startsWith("sep=")
        || isHeader(first, ",", tasks)
        || isHeader(first, ";", tasks)) {
      return FileFormat.CSV;
    }
    return named.isEmpty()
        ? FileFormat.TEXT
        : FileFormat.tableOf(first, input.name()).orElse(named.get());
  }

  private static boolean isSingleName(String header) {
    return header.chars().noneMatch(sign -> sign == '\t' || sign == ',' || sign == ';');
  }

  /** Judged by what is there: one who types a line waits for its answer. */
  private static boolean isQuoted(TextInput input) {
    return input.settings().delimiter().isPresent()
        || input.seenLines().stream().anyMatch(line -> line.startsWith("\""));
  }

  /** Whether a line names all the columns of one of the tasks: then it is no text. */
  private static boolean isHeader(String line, String separator, Map<String, RowForm> tasks) {
    List<String> names =
        Arrays.stream(line.split(separator, -1))
            .map(name -> name.strip().replaceAll("^\"|\"$", ""))
            .toList();
    return tasks.values().stream().anyMatch(form -> form.isHeader(names));
  }

  private static void requireSingleText(
      String name, Map<String, RowForm> tasks, Addressing addressing) {
    boolean several = !tasks.values().stream().allMatch(RowForm::takesOneText);
    boolean named = tasks.size() > 1 && !addressing.all();
    if (several || named) {
      throw InvalidInputException.of(
          "%s: plain lines of text suit %s on single texts; here rows need columns (%s), as"
              + " JSONL or with a header of CSV or TSV",
          name,
          addressing.all() ? "tasks" : "one task",
          named ? "one of them the task" : "more than a text");
    }
  }

  /** CSV and TSV say at the start which columns there are; for JSONL each row says it. */
  private void requireColumns() {
    if (rows.format() == FileFormat.JSONL) {
      return;
    }
    Table empty =
        new Table(Path.of(name), rows.format(), rows.columnNames(), List.of(), List.of(), "");
    if (tasks.size() > 1 && !addressing.all()) {
      if (!rows.columnNames().contains(addressing.column())) {
        throw InvalidInputException.of(
            "%s has no column '%s' that says which pack a row is for; its columns are: %s",
            name, addressing.column(), String.join(", ", rows.columnNames()));
      }
      return;
    }
    tasks.values().forEach(form -> form.requireColumns(empty));
  }

  /**
   * The next row or bad row, once for each task that it is for; empty at the end. Waits for it
   * where the stream is slow.
   */
  Optional<Item> next() {
    if (items.isEmpty()) {
      rows.next().ifPresent(this::addItems);
    }
    return Optional.ofNullable(items.poll());
  }

  private void addItems(Entry entry) {
    if (!(entry instanceof Row row)) {
      items.add(Item.of((BadRow) entry));
    } else if (addressing.all()) {
      tasks.keySet().forEach(task -> items.add(item(row, task)));
    } else {
      try {
        items.add(item(row, task(row)));
      } catch (InvalidInputException e) {
        items.add(Item.of(row.source().bad(e.getMessage())));
      }
    }
  }

  private Item item(Row row, String task) {
    try {
      return Item.of(new PredictionRow(source(row), request(row, task)));
    } catch (UnusableRowException e) {
      return Item.of(row.source().bad(e)).forTask(task);
    } catch (InvalidInputException e) {
      return Item.of(row.source().bad(e.getMessage())).forTask(task);
    }
  }

  /** A row's place with what its answer's line says of it. */
  private Source source(Row row) throws UnusableRowException {
    Map<String, Object> said = new LinkedHashMap<>(row.source().ids());
    for (String column : kept) {
      Object value = row.get(column);
      if (value == null) {
        throw new UnusableRowException("column '" + column + "' is missing, which is to be kept");
      }
      said.put(column, value);
    }
    return new Source(row.source().line(), row.source().record(), row.source().part(), said);
  }

  private Request request(Row row, String task) throws UnusableRowException {
    RowForm form = tasks.get(task);
    String text = plain ? (String) row.get(PlainLines.COLUMN) : null;
    return Request.of(task, plain ? form.ofText(row.line(), text) : form.read(row));
  }

  private String task(Row row) {
    if (tasks.size() == 1) {
      return tasks.keySet().iterator().next();
    }
    Object given = row.get(addressing.column());
    if (given == null) {
      throw InvalidInputException.of(
          "column '%s' is missing; it says which pack the row is for: %s",
          addressing.column(), String.join(", ", tasks.keySet()));
    }
    if (!tasks.containsKey(given.toString())) {
      throw InvalidInputException.of(
          "column '%s' says '%s'; the packs are: %s",
          addressing.column(), given, String.join(", ", tasks.keySet()));
    }
    return given.toString();
  }

  @Override
  public void close() {
    rows.close();
  }
}
