package org.ptuning4j.data.table;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** How a data file is written. */
public enum TableFormat {
  /** Told from the file's name, or from its first line where the name says nothing. */
  AUTO,
  /** One JSON object a line. */
  JSONL,
  /** Comma-separated values with a header, quoted as in RFC 4180; a value may span lines. */
  CSV,
  /**
   * Tab-separated values with a header and no quoting, as GLUE writes them: {@code "} is a
   * character like any other.
   */
  TSV;

  /** The format that a file name such as {@code train.jsonl} or {@code dev.tsv.gz} tells. */
  static Optional<TableFormat> fromName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String plain = lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
    String extension = plain.substring(plain.lastIndexOf('.') + 1);
    return switch (extension) {
      case "jsonl", "ndjson", "json" -> Optional.of(JSONL);
      case "csv" -> Optional.of(CSV);
      case "tsv", "tab" -> Optional.of(TSV);
      default -> Optional.empty();
    };
  }

  /** The format that the beginning of a file looks like, going by its first line. */
  static Optional<TableFormat> fromContent(byte[] head) {
    String firstLine =
        new String(head, StandardCharsets.UTF_8).stripLeading().lines().findFirst().orElse("");
    if (firstLine.startsWith("{")) {
      return Optional.of(JSONL);
    }
    if (firstLine.contains("\t")) {
      return Optional.of(TSV);
    }
    return firstLine.contains(",") ? Optional.of(CSV) : Optional.empty();
  }
}
