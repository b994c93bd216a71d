package org.ptuning4j.data;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where an example came from, so that its answer can be matched to it.
 *
 * @param line the line of the file on which its record starts, counted from 1; 0 where there is no
 *     file
 * @param record its record's number in the file, counted from 1, where lines do not tell records
 *     apart, as in a JSON list on one line; else 0
 * @param part its number among what its record holds, counted from 1, as a sentence of a document
 *     or an option of MultiRC has one; 0 where a record is one example
 * @param ids what the file calls it, by name: mostly one {@code id}; for an option of MultiRC its
 *     {@code paragraph}, {@code question} and {@code answer}
 */
public record Source(int line, int record, int part, Map<String, Object> ids)
    implements Comparable<Source> {

  private static final Comparator<Source> IN_FILE =
      Comparator.comparingInt(Source::line)
          .thenComparingInt(Source::record)
          .thenComparingInt(Source::part);

  /** Copies the ids in their order. */
  public Source {
    if (line < 0 || record < 0 || part < 0) {
      throw new IllegalArgumentException(
          "line " + line + ", record " + record + " or part " + part + " is below 0");
    }
    ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
  }

  /** A record that is one example. */
  public Source(int line, int record, Map<String, Object> ids) {
    this(line, record, 0, ids);
  }

  /** A line that holds one record without a name. */
  public static Source ofLine(int line) {
    return new Source(line, 0, Map.of());
  }

  /**
   * A record with what it calls itself.
   *
   * @param columns its values by column, as far as they could be read
   */
  public static Source of(int line, int record, Map<String, Object> columns) {
    return new Source(line, record, RowIds.of(columns));
  }

  /** The place in words, such as {@code line 3}, or {@code line 1, record 2}. */
  public String place() {
    return "line " + line + (record > 0 ? ", record " + record : "");
  }

  /** The place of a part of its record, counted from 1. */
  public Source withPart(int newPart) {
    return new Source(line, record, newPart, ids);
  }

  /** Whether two places are of one record, as parts of it are. */
  public boolean isOfSameRecord(Source other) {
    return line == other.line && record == other.record;
  }

  /** In the order of the file, whatever the ids. */
  @Override
  public int compareTo(Source other) {
    return IN_FILE.compare(this, other);
  }

  /** The same place with another name. */
  public Source withIds(Map<String, Object> newIds) {
    return new Source(line, record, part, newIds);
  }

  /** The bad row of that place that an example which cannot be used makes. */
  public BadRow bad(UnusableRowException e) {
    return bad(e.getMessage(), e.lack());
  }

  /** The bad row of that place that is of a kind with others. */
  public BadRow bad(String cause, BadRow.Lack lack, String kind) {
    return new BadRow(inFile(), cause, lack, kind);
  }

  /** The bad row of that place that lacks something. */
  public BadRow bad(String cause, BadRow.Lack lack) {
    return new BadRow(inFile(), cause, lack);
  }

  /** A bad row of that place. */
  public BadRow bad(String cause) {
    return new BadRow(inFile(), cause);
  }

  /** The same place, or the first line where there is no file. */
  private Source inFile() {
    return line > 0 ? this : new Source(1, record, part, ids);
  }
}
