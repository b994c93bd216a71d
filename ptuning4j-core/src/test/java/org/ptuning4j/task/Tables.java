package org.ptuning4j.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.data.BadRow;
import org.ptuning4j.data.Entry;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.table.RowSource;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;

/** Tables for tests, read from text without a file. */
public final class Tables {

  private Tables() {}

  public static Table jsonl(String... lines) {
    ByteArrayInputStream in = new ByteArrayInputStream(String.join("\n", lines).getBytes(UTF_8));
    List<Row> rows = new ArrayList<>();
    List<BadRow> badRows = new ArrayList<>();
    try (RowSource source = new TableReader().stream(in, "data.jsonl", FileFormat.JSONL)) {
      for (Optional<Entry> entry = source.next(); entry.isPresent(); entry = source.next()) {
        if (entry.get() instanceof Row row) {
          rows.add(row);
        } else if (entry.get() instanceof BadRow badRow) {
          badRows.add(badRow);
        }
      }
      return new Table(
          Path.of("data.jsonl"),
          FileFormat.JSONL,
          source.columnNames(),
          rows,
          badRows,
          "sha256:of-test");
    }
  }
}
