package org.ptuning4j.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says why rows are left out: each kind of fault once, with its number and its first lines. */
public final class BadRowCounts {

  private static final int KINDS = 5;
  private static final int LINES = 3;

  private BadRowCounts() {}

  /** Such as {@code 3 rows: label column 'mood' is empty (lines 4, 7, 9)}. */
  public static String of(List<BadRow> rows) {
    Map<String, List<Integer>> lines = new LinkedHashMap<>();
    for (BadRow row : rows) {
      lines.computeIfAbsent(row.kind(), key -> new ArrayList<>()).add(row.line());
    }
    String counts =
        lines.entrySet().stream()
            .sorted((a, b) -> b.getValue().size() - a.getValue().size())
            .limit(KINDS)
            .map(kind -> of(kind.getKey(), kind.getValue()))
            .collect(Collectors.joining("; "));
    int others = lines.size() - KINDS;
    String more = others == 1 ? "; and 1 other cause" : "; and " + others + " other causes";
    return counts + (others > 0 ? more : "");
  }

  private static String of(String kind, List<Integer> lines) {
    boolean one = lines.size() == 1;
    String first =
        lines.stream().limit(LINES).map(String::valueOf).collect(Collectors.joining(", "));
    return lines.size()
        + (one ? " row: " : " rows: ")
        + kind
        + (one ? " (line " : " (lines ")
        + first
        + (lines.size() > LINES ? ", …)" : ")");
  }
}
