package org.ptuning4j.cli.predict;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.RowIds;
import org.ptuning4j.data.UnusableRowException;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableFormat;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.predict.Request;

/** Reads rows to predict on, one at a time: rows with columns, or plain lines of text. */
final class PredictionInput implements AutoCloseable {

  private static final int GZIP_FIRST_BYTE = 0x1f;

  private static final int LONGEST_FIRST_LINE = 1 << 20;

  /** A row, or what is wrong with one; exactly one of the two is there. */
  record Item(Optional<PredictionRow> row, Optional<BadRow> badRow) {

    static Item of(PredictionRow row) {
      return new Item(Optional.of(row), Optional.empty());
    }

    static Item of(BadRow badRow) {
      return new Item(Optional.empty(), Optional.of(badRow));
    }
  }

  private final String name;
  private final Map<String, RowForm> tasks;
  private final String taskColumn;
  private final RowSource rows;
  private final boolean plain;

  private PredictionInput(
      String name, Map<String, RowForm> tasks, String taskColumn, RowSource rows, boolean plain) {
    this.name = name;
    this.tasks = tasks;
    this.taskColumn = taskColumn;
    this.rows = rows;
    this.plain = plain;
  }

  /**
   * Opens a stream.
   *
   * @param name what to call it in messages
   * @param format {@code auto}, {@code text}, {@code jsonl}, {@code csv} or {@code tsv}
   * @param tasks what each task reads, by its name
   * @param taskColumn the column that names a row's task, where there are several
   * @throws InvalidInputException if the stream is empty, or a column is missing altogether
   */
  static PredictionInput open(
      InputStream in, String name, String format, Map<String, RowForm> tasks, String taskColumn) {
    try {
      byte[] firstLine = firstLine(in);
      if (firstLine.length == 0) {
        throw InvalidInputException.of("%s is empty: there is nothing to predict", name);
      }
      InputStream whole = new SequenceInputStream(new ByteArrayInputStream(firstLine), in);
      String known = format.equals("auto") ? tellFormat(name, firstLine, tasks) : format;
      TableReader reader = new TableReader();
      if (known.equals("text")) {
        requireSingleText(name, tasks);
        return new PredictionInput(name, tasks, taskColumn, new PlainLines(whole), true);
      }
      TableFormat table = TableFormat.valueOf(known.toUpperCase(Locale.ROOT));
      RowSource rows = reader.stream(whole, name, table);
      PredictionInput input = new PredictionInput(name, tasks, taskColumn, rows, false);
      input.requireColumns();
      return input;
    } catch (IOException e) {
      throw new InvalidInputException(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The first line with its end, read byte by byte so that nothing after it is waited for. */
  private static byte[] firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0) {
      line.write(next);
      if (next == '\n' || line.size() >= LONGEST_FIRST_LINE) {
        break;
      }
      next = in.read();
    }
    return line.toByteArray();
  }

  private static String tellFormat(String name, byte[] firstLine, Map<String, RowForm> tasks) {
    String lower = name.toLowerCase(Locale.ROOT).replaceAll("\\.gz$", "");
    if (lower.endsWith(".jsonl") || lower.endsWith(".json") || lower.endsWith(".ndjson")) {
      return "jsonl";
    }
    if (lower.endsWith(".csv")) {
      return "csv";
    }
    if (lower.endsWith(".tsv") || lower.endsWith(".tab")) {
      return "tsv";
    }
    if (firstLine[0] == GZIP_FIRST_BYTE) {
      return "auto";
    }
    String head = new String(firstLine, StandardCharsets.UTF_8).strip();
    if (head.startsWith("{")) {
      return "jsonl";
    }
    return isHeader(head, "\t", tasks) ? "tsv" : isHeader(head, ",", tasks) ? "csv" : "text";
  }

  /** Whether a line names all the columns of one of the tasks: then it is no text. */
  private static boolean isHeader(String line, String separator, Map<String, RowForm> tasks) {
    List<String> names =
        Arrays.stream(line.split(separator, -1))
            .map(name -> name.strip().replaceAll("^\"|\"$", ""))
            .toList();
    return tasks.values().stream().anyMatch(form -> form.isHeader(names));
  }

  private static void requireSingleText(String name, Map<String, RowForm> tasks) {
    boolean several = !tasks.values().stream().allMatch(RowForm::takesOneText);
    if (several || tasks.size() > 1) {
      throw InvalidInputException.of(
          "%s: plain lines of text suit one task on single texts; here rows need columns (%s), as"
              + " JSONL or with a header of CSV or TSV",
          name, tasks.size() > 1 ? "one of them the task" : "more than a text");
    }
  }

  /** CSV and TSV say at the start which columns there are; for JSONL each row says it. */
  private void requireColumns() {
    if (rows.format() == TableFormat.JSONL) {
      return;
    }
    Table empty =
        new Table(Path.of(name), rows.format(), rows.columnNames(), List.of(), List.of(), "");
    if (tasks.size() > 1) {
      if (!rows.columnNames().contains(taskColumn)) {
        throw InvalidInputException.of(
            "%s has no column '%s' that says which pack a row is for; its columns are: %s",
            name, taskColumn, String.join(", ", rows.columnNames()));
      }
      return;
    }
    tasks.values().forEach(form -> form.requireColumns(empty));
  }

  /** The next row or bad row; empty at the end. Waits for it where the stream is slow. */
  Optional<Item> next() {
    return rows.next().map(this::item);
  }

  private Item item(Entry entry) {
    if (entry instanceof Row row) {
      try {
        return Item.of(new PredictionRow(row.line(), RowIds.of(row.columns()), request(row)));
      } catch (UnusableRowException e) {
        return Item.of(e.at(row.line()));
      } catch (InvalidInputException e) {
        return Item.of(new BadRow(row.line(), e.getMessage()));
      }
    }
    return Item.of((BadRow) entry);
  }

  private Request request(Row row) throws UnusableRowException {
    String task = task(row);
    RowForm form = tasks.get(task);
    String text = plain ? (String) row.get(PlainLines.COLUMN) : null;
    return new Request(task, plain ? form.ofText(row.line(), text) : form.read(row));
  }

  private String task(Row row) {
    if (tasks.size() == 1) {
      return tasks.keySet().iterator().next();
    }
    Object given = row.get(taskColumn);
    if (given == null) {
      throw InvalidInputException.of(
          "column '%s' is missing; it says which pack the row is for: %s",
          taskColumn, String.join(", ", tasks.keySet()));
    }
    if (!tasks.containsKey(given.toString())) {
      throw InvalidInputException.of(
          "column '%s' says '%s'; the packs are: %s",
          taskColumn, given, String.join(", ", tasks.keySet()));
    }
    return given.toString();
  }

  @Override
  public void close() {
    rows.close();
  }
}
